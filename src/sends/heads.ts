import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { EngineName } from './migrations.ts'
import type { Tables } from './tables.ts'

/**
 * Whether nothing holds the send `c` back: no earlier one of its addressee is unfinished, and none is on its way. Written
 * as values, which take one look into an index each; planners may turn `not exists` into a read of the whole table.
 */
export const isHead = sql<SqlBool>`(
    select 1 from sends e where e.order_key = c.order_key and e.id < c.id and e.state in ('waiting', 'running') limit 1
  ) is null and (
    select 1 from sends e where e.order_key = c.order_key and e.state = 'running' and e.params is not null limit 1
  ) is null`

interface TurnOptions {
  after: string
  now: number
  limit: number
  skip: readonly string[]
}

/** The next lines that have something due: by name, and round the corner. */
export async function findTurn(db: Kysely<Tables>, options: TurnOptions): Promise<string[]> {
  const { after, limit } = options
  const ahead = await findDueLines(db, options, null)
  if (ahead.length === limit || after === '') return ahead
  return [...ahead, ...(await findDueLines(db, { ...options, after: '', limit: limit - ahead.length }, after))]
}

/** Leaps from name to name, however many sends a line has. */
async function findDueLines(
  db: Kysely<Tables>,
  { after, now, limit, skip }: TurnOptions,
  upTo: string | null,
): Promise<string[]> {
  const next = (than: RawBuilder<string>) => sql<string | null>`(
    select min(s.line) from sends s where s.state = 'waiting' and s.line > ${than}
  )`
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
      and (select 1 from sends s where s.state = 'waiting' and s.line = lines.line and s.not_before <= ${now} limit 1) = 1
    limit ${limit}`.execute(db)
  return rows.map(({ line }) => line)
}

/** Up to `each` sends of each line that may go now; locked, where others could take them too. */
export async function findHeads(
  db: Kysely<Tables>,
  { engine, lines, now, each }: { engine: EngineName; lines: string[]; now: number; each: number },
): Promise<{ line: string; ids: number[] }[]> {
  const heads = db
    .selectFrom('sends as c')
    .select('c.id')
    .where('c.line', '=', sql.ref<string>('lines.line'))
    .where('c.state', '=', sql.lit('waiting'))
    .where('c.not_before', '<=', now)
    .where(isHead)
    .orderBy('c.not_before')
    .orderBy('c.id')
    .limit(each)
    .$if(engine === 'postgres', query => query.forUpdate().skipLocked())
  const list = engine === 'postgres' ? sql`json_agg(h.id)::text` : sql`json_group_array(h.id)`
  const values = sql.join(lines.map(line => sql`(cast(${line} as text))`))
  const { rows } = await sql<{ line: string; ids: string | null }>`
    with lines(line) as (values ${values})
    select line, (select ${list} from (${heads}) h) as ids from lines`.execute(db)
  return rows.map(({ line, ids }) => ({ line, ids: ids === null ? [] : JSON.parse(ids) }))
}

/** Sends whose lease ran out, locked as well. Their addressees wait for nobody else. */
export async function findExpired(
  db: Kysely<Tables>,
  { engine, now, limit }: { engine: EngineName; now: number; limit: number },
): Promise<number[]> {
  const rows = await db
    .selectFrom('sends')
    .select('id')
    .where('state', '=', sql.lit('running'))
    .where('lease_until', '<=', now)
    .orderBy('lease_until')
    .limit(limit)
    .$if(engine === 'postgres', query => query.forUpdate().skipLocked())
    .execute()
  return rows.map(({ id }) => id)
}
