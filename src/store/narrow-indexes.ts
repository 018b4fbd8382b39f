import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

const unfinished = sql`state in ('waiting', 'running')`

/**
 * Always true. An index with it serves only queries that say it, too: PostgreSQL takes any index that was empty when it last
 * looked for the cheapest, and read all that waited by it until it looked again, a minute after a broadcast began.
 */
export const always = sql<boolean>`created_at > 0`

/** Leaves to the claims of workers the one index that is made for them. */
export async function narrowIndexes(db: Kysely<Tables>): Promise<void> {
  for (const name of ['next', 'order', 'open', 'due_by_kind'])
    await sql`drop index ${sql.id(`jobs_${name}`)}`.execute(db)
  const indexes = [
    sql`index jobs_next on jobs (kind, not_before, id) where state = 'waiting' and blocked = 0 and ${always}`,
    sql`index jobs_due_by_kind on jobs (kind, due_at) where ${unfinished} and ${always}`,
    sql`index jobs_order on jobs (order_key, due_at, coalesce(run_id, id)) where ${unfinished} and order_key is not null`,
    sql`unique index jobs_open on jobs (order_key)
      where blocked = 0 and kind = 'delivery' and ${unfinished} and order_key is not null`,
  ]
  for (const index of indexes) await sql`create ${index}`.execute(db)
}
