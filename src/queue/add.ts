import type { Kysely } from 'kysely'
import { createError, type DynablockError } from '../errors/errors.ts'
import type { Tables } from '../store/tables.ts'
import { count } from './counts.ts'
import type { Job, NewRun } from './job.ts'
import { promote, reorder } from './order.ts'
import { type JobRow, type NewRow, noLease, noText, toJob, toOutcomeRow, toRunRow } from './rows.ts'

/** 29 parameters a row; SQLite takes 32,766 in a statement. */
const rowsPerStatement = 1000

export interface Added {
  job: Job
  existed: boolean
}

/** Inserts jobs in their order, inside a transaction that has locked their orders; those whose key is known are read. */
export async function insertJobs(db: Kysely<Tables>, rows: NewRow[]): Promise<Added[]> {
  const ids = await insertRows(db, rows)
  const fresh = rows.filter((_, index) => ids[index] !== null)
  await count(db, fresh, null, 'unfinished')
  for (const [urgency, some] of Map.groupBy(fresh, ({ priority }) => priority)) {
    const keys = some.map(({ order_key }) => order_key)
    await reorder(db, keys, urgency)
  }
  const known = await findKnown(
    db,
    rows.flatMap(({ idempotency_key }, index) =>
      idempotency_key !== null && ids[index] === null ? [idempotency_key] : [],
    ),
  )
  return rows.map((row, index) => {
    const id = ids[index]
    if (typeof id === 'number') return { job: toJob({ ...row, id }), existed: false }
    const found = known.get(row.idempotency_key)
    if (found?.body_hash !== row.body_hash) throw createError('DYN_IDEMPOTENCY_CONFLICT')
    return { job: toJob(found as JobRow), existed: true }
  })
}

/** The jobs of deliveries that were added before, or that their keys have another body; null for those that are new. */
export async function findAdded(
  db: Kysely<Tables>,
  rows: Pick<NewRow, 'idempotency_key' | 'body_hash'>[],
): Promise<(Job | DynablockError | null)[]> {
  const known = await findKnown(
    db,
    rows.flatMap(({ idempotency_key }) => idempotency_key ?? []),
  )
  return rows.map(({ idempotency_key, body_hash }) => {
    const found = known.get(idempotency_key)
    if (!found) return null
    return found.body_hash === body_hash ? toJob(found) : createError('DYN_IDEMPOTENCY_CONFLICT')
  })
}

/** The outcomes of what ended. An outcome has none itself; a run that is done goes on as a delivery, if at all. */
export async function insertOutcomes(db: Kysely<Tables>, rows: readonly JobRow[]): Promise<void> {
  const told = rows.filter(({ kind, state }) => kind !== 'outcome' && (kind !== 'run' || state !== 'done'))
  if (told.length > 0) await insertJobs(db, told.map(toOutcomeRow))
}

/** In place of a run that may have been inserted, or may yet be, and of what it answered. */
export async function insertWithdrawn(db: Kysely<Tables>, run: Omit<NewRun, 'call'>, now: number): Promise<void> {
  const withdrawn = { state: 'cancelled', ...noLease, ...noText, updated_at: now } as const
  const row = { ...toRunRow({ ...run, call: null }, now), ...withdrawn }
  const inserted = await db
    .insertInto('jobs')
    .values(row)
    .onConflict(conflict => conflict.column('idempotency_key').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted) return
  const found = db.selectFrom('jobs').select('id').where('idempotency_key', '=', row.idempotency_key)
  const ended = await db
    .updateTable('jobs')
    .set(withdrawn)
    .where(({ eb, and, or }) =>
      or([
        and([eb('id', '=', found), eb('state', 'in', ['waiting', 'running'])]),
        and([eb('order_key', '=', row.order_key), eb('run_id', '=', found), eb('state', '=', 'waiting')]),
      ]),
    )
    .returning(['kind', 'operation'])
    .execute()
  await count(db, ended, 'unfinished', null)
  await promote(db, [row.order_key])
}

/** The id of each; null where there is one of that key. */
async function insertRows(db: Kysely<Tables>, rows: NewRow[]): Promise<(number | null)[]> {
  const withoutKey: number[] = []
  const byKey = new Map<string, number>()
  for (let from = 0; from < rows.length; from += rowsPerStatement) {
    const inserted = await db
      .insertInto('jobs')
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
    // The same key again in this batch is the same job again.
    byKey.delete(idempotency_key)
    return id
  })
}

async function findKnown(db: Kysely<Tables>, keys: string[]): Promise<Map<string | null, JobRow>> {
  const known = new Map<string | null, JobRow>()
  for (let from = 0; from < keys.length; from += rowsPerStatement) {
    const found = await db
      .selectFrom('jobs')
      .selectAll()
      .where('idempotency_key', 'in', keys.slice(from, from + rowsPerStatement))
      .execute()
    for (const row of found) known.set(row.idempotency_key, row)
  }
  return known
}
