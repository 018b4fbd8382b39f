/** The App Keys of all pages, in the store. */
import type { AppKeyStorage, Installation } from '../manychat/app-keys.ts'
import type { Store } from './store.ts'

/** A change can be committed so long after it got its time; what was read before is read once more. */
const commitSlackMs = 10_000

export function createAppKeyStorage(store: Store): AppKeyStorage {
  let readUntil = Number.NEGATIVE_INFINITY
  return { readChanged, put, change, remove }

  async function readChanged(): Promise<Installation[]> {
    const rows = await store.run(db =>
      db
        .selectFrom('app_keys')
        .selectAll()
        .where('changed_at', '>=', Math.max(0, readUntil - commitSlackMs))
        .execute(),
    )
    readUntil = Math.max(readUntil, ...rows.map(({ changed_at }) => changed_at))
    return rows.map(({ changed_at: _, ...installation }) => installation)
  }

  async function put(installation: Installation): Promise<void> {
    const row = { ...installation, changed_at: store.now }
    await store.run(db =>
      db
        .insertInto('app_keys')
        .values(row)
        .onConflict(conflict => conflict.column('page').doUpdateSet(row))
        .execute(),
    )
  }

  /** The row stays, without its secret: a process that reads what has changed can't see what is missing. */
  async function remove(page: string): Promise<boolean> {
    const { numUpdatedRows } = await store.run(db =>
      db
        .updateTable('app_keys')
        .set({ sealed: '', app_id: null, app_version: null, changed_at: store.now })
        .where('page', '=', page)
        .where('sealed', '<>', '')
        .executeTakeFirst(),
    )
    return numUpdatedRows > 0n
  }

  async function change(page: string, sealed: string, values: Partial<Installation>): Promise<void> {
    await store.run(db =>
      db
        .updateTable('app_keys')
        .set({ ...values, changed_at: store.now })
        .where('page', '=', page)
        .where('sealed', '=', sealed)
        .execute(),
    )
  }
}
