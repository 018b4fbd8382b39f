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

/** The next lanes that have something due: by name, and round the corner. */
export async function findTurn(db: Kysely<Tables>, options: TurnOptions): Promise<string[]> {
  const { after, limit } = options
  const ahead = await findDueLanes(db, options, null)
  if (ahead.length === limit || after === '') return ahead
  return [...ahead, ...(await findDueLanes(db, { ...options, after: '', limit: limit - ahead.length }, after))]
}

/** Leaps from name to name, however many sends a lane has. */
async function findDueLanes(
  db: Kysely<Tables>,
  { after, now, limit, skip }: TurnOptions,
  upTo: string | null,
): Promise<string[]> {
  const next = (than: RawBuilder<string>) => sql<string | null>`(
    select min(s.lane) from sends s where s.state = 'waiting' and s.lane > ${than}
  )`
  const { rows } = await sql<{ lane: string }>`
    with recursive lanes(lane) as (
      select ${next(sql`cast(${after} as text)`)}
      union all
      select ${next(sql.ref('lanes.lane'))} from lanes where lanes.lane is not null
    )
    select lane from lanes
    where lane is not null
      ${upTo === null ? sql`` : sql`and lane <= ${upTo}`}
      ${skip.length === 0 ? sql`` : sql`and lane not in (${sql.join(skip)})`}
      and (select 1 from sends s where s.state = 'waiting' and s.lane = lanes.lane and s.not_before <= ${now} limit 1) = 1
    limit ${limit}`.execute(db)
  return rows.map(({ lane }) => lane)
}

/** Up to `each` sends of each lane that may go now; locked, where others could take them too. */
export async function findHeads(
  db: Kysely<Tables>,
  { engine, lanes, now, each }: { engine: EngineName; lanes: string[]; now: number; each: number },
): Promise<{ lane: string; ids: number[] }[]> {
  const heads = db
    .selectFrom('sends as c')
    .select('c.id')
    .where('c.lane', '=', sql.ref<string>('lanes.lane'))
    .where('c.state', '=', sql.lit('waiting'))
    .where('c.not_before', '<=', now)
    .where(isHead)
    .orderBy('c.not_before')
    .orderBy('c.id')
    .limit(each)
    .$if(engine === 'postgres', query => query.forUpdate().skipLocked())
  const list = engine === 'postgres' ? sql`json_agg(h.id)::text` : sql`json_group_array(h.id)`
  const values = sql.join(lanes.map(lane => sql`(cast(${lane} as text))`))
  const { rows } = await sql<{ lane: string; ids: string | null }>`
    with lanes(lane) as (values ${values})
    select lane, (select ${list} from (${heads}) h) as ids from lanes`.execute(db)
  return rows.map(({ lane, ids }) => ({ lane, ids: ids === null ? [] : JSON.parse(ids) }))
}
