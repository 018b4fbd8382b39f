/** Rooms and what is remembered in them, as the store has them. */
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import { createError } from '../errors/errors.ts'
import type { Within } from '../queue/job.ts'
import type { Store } from '../store/store.ts'
import type { MemoriesTable, Tables } from '../store/tables.ts'
import { createTime } from '../store/time.ts'
import type { Room } from './room.ts'

export type KeptMemory = Selectable<MemoriesTable>

export interface NewMemory {
  block: string
  /** Encrypted. */
  value: string
  sealedBy: string
  keepMs: number
}

export type RoomStore = ReturnType<typeof createRoomStore>

/** Few enough that nobody waits long for the store meanwhile. */
const rowsPerSweep = 1000
/** How long a room stays in which nothing is left. */
const idleMs = 86_400_000

/** @param now for tests and the simulator: when memory expires, in milliseconds since 1970; default the store's clock */
export function createRoomStore(store: Store, now?: () => number) {
  const { now: storeNow } = store
  const { inStore: expiryNow } = createTime(store, now)
  return { take, renew, free, transact: store.transact, write, read, list, erase, sweep, listSealedBy, reseal }

  /** Takes the turn of a room for a call, unless another call has it. One that has it already has it from now on. */
  async function take({ page, contact }: Room, turn: string, leaseMs: number): Promise<boolean> {
    const row = { page, contact, turn, turn_until: later(storeNow, leaseMs), updated_at: storeNow }
    const taken = await store.run(db =>
      db
        .insertInto('rooms')
        .values(row)
        .onConflict(conflict =>
          conflict
            .columns(['page', 'contact'])
            .doUpdateSet({ turn, turn_until: row.turn_until, updated_at: storeNow })
            .where(({ eb, or }) =>
              or([eb('rooms.turn', 'is', null), eb('rooms.turn', '=', turn), eb('rooms.turn_until', '<=', storeNow)]),
            ),
        )
        .returning('turn')
        .executeTakeFirst(),
    )
    return taken !== undefined
  }

  /** Keeps these turns for that long from now. */
  async function renew(turns: readonly string[], leaseMs: number): Promise<void> {
    await store.run(db =>
      db
        .updateTable('rooms')
        .set({ turn_until: later(storeNow, leaseMs) })
        .where('turn', 'in', turns)
        .execute(),
    )
  }

  /** Ends a turn, if it is still this call's. */
  async function free(room: Room, turn: string): Promise<void> {
    await store.run(db => end(db, room, turn))
  }

  /** Ends a turn and stores what was remembered in it. The transaction fails when the turn is no longer this call's. */
  function write(room: Room, turn: string, memory: NewMemory | null): Within {
    return async db => {
      if (!(await end(db, room, turn))) throw createError('DYN_TURN_LOST')
      if (!memory) return
      const { block, value, sealedBy: sealed_by, keepMs } = memory
      const set = { value, sealed_by, expires_at: later(expiryNow(), keepMs), updated_at: expiryNow() }
      await db
        .insertInto('memories')
        .values({ ...room, block, ...set })
        .onConflict(conflict => conflict.columns(['page', 'contact', 'block']).doUpdateSet(set))
        .execute()
    }
  }

  async function end(db: Kysely<Tables>, { page, contact }: Room, turn: string): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('rooms')
      .set({ turn: null, turn_until: null, updated_at: storeNow })
      .where('page', '=', page)
      .where('contact', '=', contact)
      .where('turn', '=', turn)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  /** What a block remembers, encrypted; null when there is nothing, or it has expired. */
  async function read({ page, contact }: Room, block: string): Promise<string | null> {
    const row = await store.run(db =>
      db
        .selectFrom('memories')
        .select('value')
        .where('page', '=', page)
        .where('contact', '=', contact)
        .where('block', '=', block)
        .where('expires_at', '>', expiryNow())
        .executeTakeFirst(),
    )
    return row?.value ?? null
  }

  /** What all blocks remember, by name. */
  function list({ page, contact }: Room): Promise<KeptMemory[]> {
    return store.run(db =>
      db
        .selectFrom('memories')
        .selectAll()
        .where('page', '=', page)
        .where('contact', '=', contact)
        .where('expires_at', '>', expiryNow())
        .orderBy('block')
        .execute(),
    )
  }

  /** @param turn of the call that erases its own contact: it keeps its turn, all others lose theirs */
  function erase({ page, contact }: Room, turn: string | null): Within {
    return async db => {
      await db
        .deleteFrom('rooms')
        .where('page', '=', page)
        .where('contact', '=', contact)
        .where(({ eb, or }) => or([eb('turn', 'is', null), eb('turn', '<>', turn ?? '')]))
        .execute()
      await db.deleteFrom('memories').where('page', '=', page).where('contact', '=', contact).execute()
    }
  }

  /** Deletes what has expired, and rooms in which nothing is left. */
  async function sweep(): Promise<void> {
    // As a value that is read once: compared with a clock that goes on, PostgreSQL reads a whole index.
    const expiry = sql`(select ${expiryNow()})`
    const expired = sql`delete from memories where expires_at <= ${expiry} and (page, contact, block) in (
      select page, contact, block from memories where expires_at <= ${expiry} limit ${sql.lit(rowsPerSweep)})`
    const now = sql`(select ${storeNow})`
    const isIdle = sql`(turn is null or turn_until < ${now}) and updated_at < ${now} - ${sql.lit(idleMs)}`
    const idle = sql`delete from rooms where ${isIdle} and (page, contact) in (
      select page, contact from rooms where ${isIdle} limit ${sql.lit(rowsPerSweep)})`
    for (const statement of [expired, idle]) {
      for (let found = rowsPerSweep; found === rowsPerSweep; ) {
        const { numAffectedRows } = await store.run(db => statement.execute(db))
        found = Number(numAffectedRows)
      }
    }
  }

  /** Some of what these keys encrypted. */
  function listSealedBy(keyNames: readonly string[]): Promise<KeptMemory[]> {
    return store.run(db =>
      db.selectFrom('memories').selectAll().where('sealed_by', 'in', keyNames).limit(rowsPerSweep).execute(),
    )
  }

  /** Replaces what another key encrypted, unless it was replaced meanwhile. */
  async function reseal({ page, contact, block, value: old }: KeptMemory, value: string, sealedBy: string) {
    await store.run(db =>
      db
        .updateTable('memories')
        .set({ value, sealed_by: sealedBy })
        .where('page', '=', page)
        .where('contact', '=', contact)
        .where('block', '=', block)
        .where('value', '=', old)
        .execute(),
    )
  }
}

function later(now: RawBuilder<number>, ms: number): RawBuilder<number> {
  return sql<number>`${now} + ${sql.lit(ms)}`
}
