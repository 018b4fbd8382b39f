/** Rates that all processes on one store keep together. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { defaultShare, type Rate, type RateLimits, type Reservation, windowSlackMs } from '../outbound/limits.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'
import { createTime } from './time.ts'

export interface SharedRateLimitsOptions {
  /** The share of each documented rate that is used; default 0.93, as in `createRateLimits`. */
  share?: number
  /** For tests: milliseconds since 1970, in place of the store's clock. */
  now?: () => number
}

const reservationsBetweenSweeps = 1000
/** Processes may ask for a slot in another order than the store answers. */
const clockSlackMs = 1000

/** Rates kept in the store: each reservation gets the next slot of its line, whoever asks. */
export function createSharedRateLimits(
  store: Store,
  { share = defaultShare, now }: SharedRateLimitsOptions = {},
): Required<RateLimits> {
  const time = createTime(store, now)
  let reservations = 0
  return { reserve, slowDown, postpone }

  async function reserve(rates: readonly Rate[], maxWaitMs: number): Promise<Reservation> {
    if (++reservations % reservationsBetweenSweeps === 0) await sweep()
    const [rate, ...others] = rates
    if (!rate) return { granted: true, waitMs: 0 }
    if (others.length === 0 && 'perSecond' in rate) return reserveLine(rate.name, stepOf(rate.perSecond), maxWaitMs)
    return store.transact(db => reserveAll(db, rates, maxWaitMs))
  }

  /** One statement: those who stand in one line at once are put one behind the other by the lock of its row. */
  function reserveLine(name: string, stepMs: number, maxWaitMs: number): Promise<Reservation> {
    return store.run(async db => {
      const askedAt = time.inProcess()
      const at = time.inStore()
      const step = sql`cast(${stepMs} as double precision)`
      const slot = nextOf(at)
      const { rows } = await sql<{ slotAt: number; takenAt: number }>`
        insert into slots (name, next_at, taken_at) values (${name}, ${at} + ${step}, ${at})
        on conflict (name) do update set next_at = ${slot} + ${step}, taken_at = ${at}
        where ${slot} - ${at} <= ${maxWaitMs}
        returning next_at - ${step} as ${sql.id('slotAt')}, taken_at as ${sql.id('takenAt')}`.execute(db)
      const [granted] = rows
      if (granted) return grant(granted.slotAt - granted.takenAt, askedAt)
      const refused = await sql<{ waitMs: number }>`
        select ${slot} - ${at} as ${sql.id('waitMs')} from slots where name = ${name}`.execute(db)
      return { granted: false, waitMs: refused.rows[0]?.waitMs ?? 0 }
    })
  }

  async function reserveAll(db: Kysely<Tables>, rates: readonly Rate[], maxWaitMs: number): Promise<Reservation> {
    const lines = await lockLines(db, rates)
    // After the lock: whoever had it before may have taken until now.
    const askedAt = time.inProcess()
    const now = await time.read(db)
    const fullForMs = await windowsFullForMs(db, rates, now)
    // A window is not waited for: the line of the page would wait with it.
    if (fullForMs > 0) return { granted: false, waitMs: fullForMs }
    const at = Math.max(now, ...lines.values())
    if (at - now > maxWaitMs) return { granted: false, waitMs: at - now }
    for (const rate of rates) await take(db, rate, at, now)
    return grant(at - now, askedAt)
  }

  /** The wait from this moment on: of the time that the answer took, half was on the way here. */
  function grant(waitMs: number, askedAt: number): Reservation {
    return { granted: true, waitMs: waitMs - (time.inProcess() - askedAt) / 2 }
  }

  /** Locks the lines of all rates, in one order, so that nobody waits for somebody who waits. */
  async function lockLines(db: Kysely<Tables>, rates: readonly Rate[]): Promise<Map<string, number>> {
    const names = [...new Set(rates.map(({ name }) => name))].sort()
    const { rows } = await sql<{ name: string; nextAt: number }>`
      insert into slots (name, next_at, taken_at)
      values ${sql.join(names.map(name => sql`(${name}, 0, ${time.inStore()})`))}
      on conflict (name) do update set name = excluded.name
      returning name, ${movedBack(time.inStore())} as ${sql.id('nextAt')}`.execute(db)
    return new Map(rows.map(({ name, nextAt }) => [name, nextAt]))
  }

  async function windowsFullForMs(db: Kysely<Tables>, rates: readonly Rate[], now: number): Promise<number> {
    let fullForMs = 0
    for (const rate of rates) {
      if (!('count' in rate)) continue
      const use = await db
        .selectFrom('slot_uses')
        .select('ends_at')
        .where('name', '=', rate.name)
        .orderBy('at', 'desc')
        .offset(rate.count - 1)
        .limit(1)
        .executeTakeFirst()
      fullForMs = Math.max(fullForMs, (use?.ends_at ?? now) - now)
    }
    return fullForMs
  }

  async function take(db: Kysely<Tables>, rate: Rate, at: number, now: number): Promise<void> {
    const { name } = rate
    if ('perSecond' in rate) {
      const behind = { next_at: at + stepOf(rate.perSecond), taken_at: now }
      await db.updateTable('slots').set(behind).where('name', '=', name).execute()
    } else {
      await db
        .insertInto('slot_uses')
        .values({ name, at, ends_at: at + rate.windowMs + windowSlackMs })
        .execute()
    }
  }

  async function slowDown(name: string, untilMs: number): Promise<void> {
    const at = time.inStore()
    const until = sql`${at} + ${sql.lit(Math.max(0, Math.ceil(untilMs - time.inProcess())))}`
    await store.run(db =>
      sql`insert into slots (name, next_at, taken_at) values (${name}, ${until}, ${at})
        on conflict (name) do update set taken_at = ${at},
          next_at = case when ${nextOf(at)} > ${until} then ${nextOf(at)} else ${until} end`.execute(db),
    )
  }

  async function postpone(name: string, byMs: number): Promise<void> {
    await store.run(db => sql`update slots set next_at = next_at + ${byMs} where name = ${name}`.execute(db))
  }

  /** Forgets what no longer holds anybody up: names come and go with subscribers. */
  async function sweep(): Promise<void> {
    const over = sql<number>`${time.inStore()} - ${sql.lit(clockSlackMs)}`
    await store.run(async db => {
      await db.deleteFrom('slot_uses').where('ends_at', '<', over).execute()
      await db.deleteFrom('slots').where('next_at', '<', over).execute()
    })
  }

  function stepOf(perSecond: number): number {
    return 1000 / (perSecond * share)
  }
}

/** When the line is next. */
function nextOf(now: RawBuilder<number>): RawBuilder<number> {
  return sql`(case when ${movedBack(now)} > ${now} then ${movedBack(now)} else ${now} end)`
}

/** A clock that went back takes the line along, or it would stand still until the time is reached again. */
function movedBack(now: RawBuilder<number>): RawBuilder<number> {
  return sql`(case when slots.taken_at > ${now} + ${sql.lit(clockSlackMs)} then ${now} + slots.next_at - slots.taken_at
    else slots.next_at end)`
}
