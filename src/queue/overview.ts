import { type Kysely, type RawBuilder, sql } from 'kysely'
import { always } from '../store/narrow-indexes.ts'
import type { Store } from '../store/store.ts'
import type { Tables } from '../store/tables.ts'
import type { Time } from '../store/time.ts'
import { count, foldCounts, readCounts } from './counts.ts'
import type { Job, JobKind, JobState, ListOptions, Queue, QueueStats } from './job.ts'
import { isId, storable, toJob } from './rows.ts'

const dayMs = 86_400_000
const keptDays = { done: 7, cancelled: 7, dead: 30 }
/** Few enough that nobody waits long for the store meanwhile. */
const rowsPerSweep = 1000
const maxListed = 500

/** What people and the worker want to know of the queue as a whole. */
export function createOverview({
  store,
  time,
}: {
  store: Store
  time: Time
}): Pick<Queue, 'list' | 'nextDueAt' | 'sweep' | 'stats' | 'foldCounts'> {
  return { list, nextDueAt, sweep, stats, foldCounts: () => store.transact(db => foldCounts(db, store.engine)) }

  async function list({ state, page, addressee, before, limit = 50 }: ListOptions): Promise<Job[]> {
    if (before !== undefined && !isId(before)) return []
    const rows = await store.run(db => {
      let query = db
        .selectFrom('jobs')
        .selectAll()
        .where('kind', '<>', sql.lit('outcome' as const))
        .orderBy('id', 'desc')
        .limit(Math.min(limit, maxListed))
      if (state !== undefined) query = query.where(sql<JobState>`state || ''`, '=', state)
      if (page !== undefined) query = query.where('page', '=', storable(page))
      if (addressee !== undefined) query = query.where('addressee', '=', storable(addressee))
      if (before !== undefined) query = query.where('id', '<', Number(before))
      return query.execute()
    })
    return rows.map(toJob)
  }

  /** As a value that is read once: compared with a clock that goes on, PostgreSQL reads a whole index. */
  function now() {
    return sql`(select ${time.inStore()})`
  }

  async function nextDueAt(kind: JobKind): Promise<number | null> {
    const { rows } = await store.run(db =>
      sql<{ ms: number }>`select not_before - ${now()} as ms from jobs
        where kind = ${sql.lit(kind)} and state = 'waiting' and blocked = 0 and ${always}
          and not_before > ${now()}
        order by not_before limit 1`.execute(db),
    )
    return rows[0] ? time.inProcess() + Number(rows[0].ms) : null
  }

  async function sweep(): Promise<number> {
    let swept = 0
    for (const [state, days] of Object.entries(keptDays)) {
      for (let found = rowsPerSweep; found === rowsPerSweep; swept += found) {
        found = await store.transact(db => sweepSome(db, state as keyof typeof keptDays, days * dayMs))
      }
    }
    const old = sql<number>`${time.inStore()} - ${sql.lit(dayMs)}`
    await store.run(db => db.deleteFrom('workers').where('seen_at', '<', old).execute())
    await store.scrub()
    return swept
  }

  async function sweepSome(db: Kysely<Tables>, state: keyof typeof keptDays, keptMs: number): Promise<number> {
    const deleted = await db
      .deleteFrom('jobs')
      .where('id', 'in', from =>
        from
          .selectFrom('jobs')
          .select('id')
          .where('state', '=', sql.lit(state))
          .where('updated_at', '<', sql<number>`${now()} - ${sql.lit(keptMs)}`)
          .orderBy('updated_at')
          .limit(rowsPerSweep),
      )
      .returning(['kind', 'operation'])
      .execute()
    if (state === 'dead') await count(db, deleted, 'dead', null)
    return deleted.length
  }

  async function stats(): Promise<QueueStats> {
    return store.run(async db => {
      const oldest = (kind: JobKind) =>
        sql`select min(due_at) as at from jobs where kind = ${sql.lit(kind)} and state in ('waiting', 'running')
          and ${always}`
      const newestDead = (kind: JobKind) =>
        sql`select max(updated_at) as at from jobs where kind = ${sql.lit(kind)} and state = 'dead'`
      const due = sql`select min(at) from (${oldest('run')} union all ${oldest('delivery')}) as oldest`
      const died = sql`select max(at) from (${newestDead('run')} union all ${newestDead('delivery')}) as newest`
      return {
        byState: await readCounts(db),
        oldestWaitingSeconds: (await secondsSince(db, due)) ?? 0,
        oldestOutcomeSeconds: (await secondsSince(db, oldest('outcome'))) ?? 0,
        newestDeadSeconds: await secondsSince(db, died),
      }
    })
  }

  /** Never below 0: what is due later is not waited for, and a clock can be set back. null: there is none. */
  async function secondsSince(db: Kysely<Tables>, at: RawBuilder<unknown>): Promise<number | null> {
    const { rows } = await sql<{ ms: number | null }>`select ${time.inStore()} - (${at}) as ms`.execute(db)
    const ms = rows[0]?.ms ?? null
    return ms === null ? null : Math.max(0, Number(ms)) / 1000
  }
}
