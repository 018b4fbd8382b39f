import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { EngineName } from '../store/migrations.ts'
import { always } from '../store/narrow-indexes.ts'
import type { Tables } from '../store/tables.ts'
import type { JobKind } from './job.ts'

/** Each of these reads a few entries of an index on what is claimable, however much waits. */

interface TurnOptions {
  kind: JobKind
  after: string
  now: number
  limit: number
  skip: readonly string[]
}

/** The next lines with something due, in name order, wrapping around. */
export async function findTurn(db: Kysely<Tables>, options: TurnOptions): Promise<string[]> {
  const { after, limit } = options
  const ahead = await findDueLines(db, options, null)
  if (ahead.length === limit || after === '') return ahead
  return [...ahead, ...(await findDueLines(db, { ...options, after: '', limit: limit - ahead.length }, after))]
}

/** Leaps from name to name, however many jobs a line has. For a `min` PostgreSQL may read them all. */
async function findDueLines(
  db: Kysely<Tables>,
  { kind, after, now, limit, skip }: TurnOptions,
  upTo: string | null,
): Promise<string[]> {
  const claimable = sql`s.kind = ${sql.lit(kind)} and s.state = 'waiting' and s.blocked = 0`
  const next = (than: RawBuilder<string>) => sql<string | null>`(
    select s.line from jobs s where ${claimable} and s.line > ${than} order by s.line limit 1
  )`
  const isDue = [0, 1, 2].map(
    urgency => sql`(select 1 from jobs s where ${claimable} and s.line = lines.line
      and s.urgency = ${sql.lit(urgency)} and s.not_before <= ${now} limit 1) = 1`,
  )
  const { rows } = await sql<{ line: string }>`
    with recursive lines(line) as (
      select ${next(sql`cast(${after} as text)`)}
      union all
      select ${next(sql.ref('lines.line'))} from lines where lines.line is not null
    )
    select line from lines
    where line is not null
      ${upTo === null ? sql`` : sql`and line <= ${upTo}`}
      ${skip.length === 0 ? sql`` : sql`and line not in (${sql.join(skip)})`}
      and (${sql.join(isDue, sql` or `)})
    limit ${limit}`.execute(db)
  return rows.map(({ line }) => line)
}

export interface DueOptions {
  engine: EngineName
  kind: JobKind
  lines: string[]
  now: number
  each: number
  /** Whether the most urgent go first, or the oldest whatever their priority. */
  urgentFirst: boolean
}

/** Up to `each` jobs of each line that may go now; locked, where others could take them too. */
export async function findDue(
  db: Kysely<Tables>,
  { engine, kind, lines, now, each, urgentFirst }: DueOptions,
): Promise<{ line: string; ids: number[] }[]> {
  const lock = engine === 'postgres' ? sql`for update skip locked` : sql``
  // One range for each urgency: a single one would have to read over all that isn't due yet.
  const ranges = [0, 1, 2].map(
    urgency => sql`select * from (
      select c.id, c.urgency, c.not_before from jobs c
      where c.kind = ${sql.lit(kind)} and c.line = lines.line and c.state = 'waiting' and c.blocked = 0
        and c.urgency = ${sql.lit(urgency)} and c.not_before <= ${now}
      order by c.not_before, c.id limit ${each} ${lock}
    ) as ${sql.ref(`urgency_${urgency}`)}`,
  )
  const first = sql`select due.id from (${sql.join(ranges, sql` union all `)}) as due
    order by ${urgentFirst ? sql`due.urgency,` : sql``} due.not_before, due.id limit ${each}`
  const list = engine === 'postgres' ? sql`json_agg(h.id)::text` : sql`json_group_array(h.id)`
  const values = sql.join(lines.map(line => sql`(cast(${line} as text))`))
  const { rows } = await sql<{ line: string; ids: string | null }>`
    with lines(line) as (values ${values})
    select line, (select ${list} from (${first}) as h) as ids from lines`.execute(db)
  return rows.map(({ line, ids }) => ({ line, ids: ids === null ? [] : JSON.parse(ids) }))
}

/** Runs that have waited since before that time, whatever their line. */
export async function findStranded(
  db: Kysely<Tables>,
  { engine, before, limit }: { engine: EngineName; before: number; limit: number },
): Promise<number[]> {
  const rows = await db
    .selectFrom('jobs')
    .select('id')
    .where('kind', '=', sql.lit('run' as const))
    .where('state', '=', sql.lit('waiting' as const))
    .where('blocked', '=', sql.lit(0))
    .where('not_before', '<=', before)
    .where(always)
    .orderBy('not_before')
    .orderBy('id')
    .limit(limit)
    .$if(engine === 'postgres', query => query.forUpdate().skipLocked())
    .execute()
  return rows.map(({ id }) => id)
}
