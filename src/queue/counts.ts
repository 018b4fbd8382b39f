/**
 * How many jobs there are, without counting them: each change adds a row of what it changes by, so that no two wait for one
 * another, and the rows are added up now and then.
 */
import { type Kysely, sql } from 'kysely'
import type { EngineName } from '../store/migrations.ts'
import type { CountedState, Tables } from '../store/tables.ts'
import type { JobState, QueueStats } from './job.ts'
import type { JobRow } from './rows.ts'

type Counted = Pick<JobRow, 'kind' | 'operation'>
type Counts = QueueStats['byState']

const rowsPerFold = 10_000

/** Counts jobs that come from one state, and are in another now; null: that isn't counted. */
export async function count(
  db: Kysely<Tables>,
  jobs: readonly Counted[],
  from: CountedState | null,
  to: CountedState | null,
): Promise<void> {
  const groups = Map.groupBy(jobs, metricOperation)
  const rows = [...groups].flatMap(([operation, { length }]) => [
    ...(from ? [{ operation, state: from, n: -length }] : []),
    ...(to ? [{ operation, state: to, n: length }] : []),
  ])
  if (rows.length > 0) await db.insertInto('job_counts').values(rows).execute()
}

export async function foldCounts(db: Kysely<Tables>, engine: EngineName): Promise<void> {
  const gone = await db
    .deleteFrom('job_counts')
    .where('id', 'in', from =>
      from
        .selectFrom('job_counts')
        .select('id')
        .orderBy('id')
        .limit(rowsPerFold)
        .$if(engine === 'postgres', query => query.forUpdate().skipLocked()),
    )
    .returning(['operation', 'state', 'n'])
    .execute()
  const sums = [...Map.groupBy(gone, ({ operation, state }) => `${state} ${operation}`).values()]
    .map(rows => ({ ...(rows[0] as (typeof rows)[0]), n: rows.reduce((sum, { n }) => sum + n, 0) }))
    .filter(({ n }) => n !== 0)
  if (sums.length > 0) await db.insertInto('job_counts').values(sums).execute()
}

/** What runs is counted one by one: it is as many as workers hold, however many wait. */
export async function readCounts(db: Kysely<Tables>): Promise<Counts> {
  const { rows } = await sql<{ operation: string; state: CountedState | 'running'; n: number }>`
    select operation, state, cast(sum(n) as bigint) as n from job_counts group by operation, state
    union all
    select case when kind = 'run' then 'run' else operation end, 'running', count(*) from jobs
    where state = 'running' group by 1`.execute(db)
  const running = new Map(rows.flatMap(({ operation, state, n }) => (state === 'running' ? [[operation, n]] : [])))
  return rows
    .flatMap(({ operation, state, n }): Counts => {
      if (state !== 'unfinished') return [{ operation, state, count: n }]
      return [{ operation, state: 'waiting', count: n - (running.get(operation) ?? 0) }]
    })
    .filter(({ count }) => count !== 0)
    .sort((a, b) => compare(a.state, b.state) || compare(a.operation, b.operation))
}

function metricOperation({ kind, operation }: Counted): string {
  return kind === 'run' ? 'run' : operation
}

function compare(a: JobState | string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
