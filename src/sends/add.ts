import { type Kysely, sql } from 'kysely'
import { createError } from '../errors.ts'
import { type SendRow, toRow, toSend } from './rows.ts'
import type { LateReply, NewSend, Send } from './send.ts'
import type { Tables } from './tables.ts'

/** 22 parameters a row; SQLite takes 32,766 in a statement. */
const rowsPerStatement = 1000

export interface Added {
  send: Send
  existed: boolean
}

/** What makes a send one that is worked on from the start. */
export type Running = Pick<SendRow, 'state' | 'attempts' | 'fence' | 'worker' | 'lease_until'>

/** Inserts sends in their order, inside a transaction; those whose key is known are read instead. */
export async function insertSends(
  db: Kysely<Tables>,
  sends: readonly NewSend[],
  now: number,
  running?: Running,
): Promise<Added[]> {
  const rows = sends.map(send => ({ ...toRow(send, now), ...running }))
  const ids = await insertRows(db, rows)
  const known = await findKnown(
    db,
    rows.flatMap(({ idempotency_key }, index) =>
      idempotency_key !== null && ids[index] === null ? [idempotency_key] : [],
    ),
  )
  return rows.map((row, index) => {
    const id = ids[index]
    if (typeof id === 'number') return { send: toSend({ ...row, id }), existed: false }
    const found = known.get(row.idempotency_key)
    if (found?.body_hash !== row.body_hash) throw createError('DYN_IDEMPOTENCY_CONFLICT')
    return { send: toSend(found as SendRow), existed: true }
  })
}

/** In place of a late reply that may have been inserted, or may yet be. */
export async function insertWithdrawn(db: Kysely<Tables>, send: LateReply, now: number): Promise<void> {
  const withdrawn = { state: 'cancelled', worker: null, lease_until: null, updated_at: now } as const
  await db
    .insertInto('sends')
    .values({ ...toRow({ ...send, call: null }, now), ...withdrawn })
    .onConflict(conflict =>
      conflict
        .column('idempotency_key')
        .doUpdateSet(withdrawn)
        .where(sql<boolean>`sends.state = 'waiting' or (sends.state = 'running' and sends.params is null)`),
    )
    .execute()
}

/** The id of each; null where there is one of that key. */
async function insertRows(db: Kysely<Tables>, rows: Omit<SendRow, 'id'>[]): Promise<(number | null)[]> {
  const withoutKey: number[] = []
  const byKey = new Map<string, number>()
  for (let from = 0; from < rows.length; from += rowsPerStatement) {
    const inserted = await db
      .insertInto('sends')
      .values(rows.slice(from, from + rowsPerStatement))
      .onConflict(conflict => conflict.column('idempotency_key').doNothing())
      .returning(['id', 'idempotency_key'])
      .execute()
    // Ids are given in the order of the values; in which order they are returned isn't promised.
    for (const { id, idempotency_key } of inserted.sort((a, b) => a.id - b.id)) {
      if (idempotency_key === null) withoutKey.push(id)
      else byKey.set(idempotency_key, id)
    }
  }
  let next = 0
  return rows.map(({ idempotency_key }) => {
    if (idempotency_key === null) return withoutKey[next++] as number
    const id = byKey.get(idempotency_key) ?? null
    // The same key again in this batch is the same send again.
    byKey.delete(idempotency_key)
    return id
  })
}

async function findKnown(db: Kysely<Tables>, keys: string[]): Promise<Map<string | null, SendRow>> {
  const known = new Map<string | null, SendRow>()
  for (let from = 0; from < keys.length; from += rowsPerStatement) {
    const found = await db
      .selectFrom('sends')
      .selectAll()
      .where('idempotency_key', 'in', keys.slice(from, from + rowsPerStatement))
      .execute()
    for (const row of found) known.set(row.idempotency_key, row)
  }
  return known
}
