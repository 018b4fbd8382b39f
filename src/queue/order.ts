/**
 * The order of the jobs of one addressee. Exactly one unfinished delivery of an addressee isn't blocked: the first by place,
 * unless a run stands before it or another is on its way. So a claim needs to look at no other job.
 */
import { createHash } from 'node:crypto'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { EngineName } from '../store/migrations.ts'
import type { Tables } from '../store/tables.ts'
import type { Priority } from './job.ts'

/** Any number of ours, as long as all replicas lock the same. */
const lockClass = 736_210_447
/** Few enough for a batch to take them all, enough for others to pass meanwhile. */
const buckets = 64
const keysPerStatement = 1000

const unfinished = (name: string) => sql`${sql.ref(`${name}.state`)} in ('waiting', 'running')`

/** The first of an order; a delivery of a run has the run's place. */
const firstOf = (key: RawBuilder<unknown>) => sql`(
  select c.id from jobs c where c.order_key = ${key} and ${unfinished('c')}
  order by c.due_at, coalesce(c.run_id, c.id) limit 1
)`

const openOf = (key: RawBuilder<unknown>) => sql`(
  select h.id from jobs h
  where h.order_key = ${key} and h.blocked = 0 and h.kind = 'delivery' and ${unfinished('h')} limit 1
)`

const inherited = sql<Priority>`coalesce((
  select min(u.priority) from jobs u where u.order_key = jobs.order_key and ${unfinished('u')} and u.priority < 2
), jobs.priority)`

/**
 * Lets one transaction at a time change these orders: on PostgreSQL, two would not see what the other adds or ends. To be
 * called before anything else is read.
 */
export async function lockOrders(db: Kysely<Tables>, engine: EngineName, keys: (string | null)[]): Promise<void> {
  // On SQLite the transaction is the lock.
  if (engine === 'sqlite') return
  const numbers = [...new Set(keys.flatMap(key => (key === null ? [] : bucketOf(key))))].sort((a, b) => a - b)
  if (numbers.length === 0) return
  const locks = numbers.map(number => sql`pg_advisory_xact_lock(${sql.lit(lockClass)}, ${sql.lit(number)})`)
  await sql`select ${sql.join(locks)}`.execute(db)
}

/** After jobs were added: a first one that was overtaken is blocked, and the new first one isn't. */
export async function reorder(db: Kysely<Tables>, keys: (string | null)[], urgency: Priority): Promise<void> {
  for (const some of chunks(keys)) {
    await sql`update jobs set blocked = 1 where order_key in (${sql.join(some)}) and blocked = 0 and kind = 'delivery'
      and state = 'waiting' and id <> ${firstOf(sql.ref('jobs.order_key'))}`.execute(db)
    await promoteSome(db, some)
    if (urgency === 2) continue
    await sql`update jobs set urgency = ${sql.lit(urgency)} where order_key in (${sql.join(some)}) and blocked = 0
      and kind = 'delivery' and ${unfinished('jobs')} and urgency > ${sql.lit(urgency)}`.execute(db)
  }
}

/** After jobs have ended: those that are first now may go. Says whether there are any. */
export async function promote(db: Kysely<Tables>, keys: (string | null)[]): Promise<boolean> {
  let hasAny = false
  for (const some of chunks(keys)) hasAny = (await promoteSome(db, some)) || hasAny
  return hasAny
}

async function promoteSome(db: Kysely<Tables>, keys: string[]): Promise<boolean> {
  const values = sql.join(keys.map(key => sql`(cast(${key} as text))`))
  const { numAffectedRows } = await sql`
    with orders(key) as (values ${values})
    update jobs set blocked = 0, urgency = ${inherited}
    where id in (select ${firstOf(sql.ref('orders.key'))} from orders) and blocked = 1
      and ${openOf(sql.ref('jobs.order_key'))} is null`.execute(db)
  return (numAffectedRows ?? 0n) > 0n
}

function chunks(keys: (string | null)[]): string[][] {
  const all = [...new Set(keys.filter(key => key !== null))]
  return Array.from({ length: Math.ceil(all.length / keysPerStatement) }, (_, i) =>
    all.slice(i * keysPerStatement, (i + 1) * keysPerStatement),
  )
}

function bucketOf(key: string): number {
  return createHash('sha1').update(key).digest().readUInt32BE() % buckets
}
