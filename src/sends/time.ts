/** Time for the queue. Leases last as long as they should, though the clock jump by an hour. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { systemClock } from '../manychat/clock.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

/** Replicas' statements may overtake each other by less. */
const slackMs = 1000

export interface Time {
  /** Milliseconds since 1970, by the clock of this process, which never jumps. */
  inProcess(): number
  /** The same by the store's clock, in a statement. */
  inStore(): RawBuilder<number>
  read(db: Kysely<Tables>): Promise<number>
  /** Puts right what a jump of the store's clock would make too long or too short; to be remembered once it is on disk. */
  mend(db: Kysely<Tables>, now: number): Promise<Sight>
  remember(sight: Sight): void
}

/** Two clocks, read at once. */
interface Sight {
  now: number
  steady: number
}

/** @param now for tests: time of both the process and the store, that passes as the test wants */
export function createTime(
  store: Pick<Store, 'now'>,
  now?: () => number,
  steady: () => number = now ?? systemClock.now,
): Time {
  const inProcess = now ?? systemClock.now
  let seen: Sight | undefined
  return { inProcess, inStore, read, mend, remember }

  function inStore(): RawBuilder<number> {
    return now ? sql<number>`cast(${now()} as bigint)` : store.now
  }

  async function read(db: Kysely<Tables>): Promise<number> {
    const { rows } = await sql<{ now: number }>`select ${inStore()} as now`.execute(db)
    return Number(rows[0]?.now)
  }

  async function mend(db: Kysely<Tables>, at: number): Promise<Sight> {
    const sight = { now: at, steady: steady() }
    // At start nobody knows how the clock went while all were down.
    if (!seen) await advance(db, at)
    else {
      const aheadMs = Math.round(at - seen.now - (sight.steady - seen.steady))
      if (aheadMs > slackMs) await postpone(db, at, aheadMs)
      if (aheadMs < -slackMs) await advance(db, at)
    }
    return sight
  }

  function remember(sight: Sight): void {
    seen = sight
  }
}

/** The clock went forward: leases that still had time seem to be over. */
async function postpone(db: Kysely<Tables>, now: number, aheadMs: number): Promise<void> {
  await db
    .updateTable('sends')
    .set(({ eb }) => ({ lease_until: eb('lease_until', '+', aheadMs) }))
    .where('state', '=', sql.lit('running'))
    .where('lease_until', '<=', now)
    .where('lease_until', '>', now - aheadMs)
    .execute()
}

/** The clock went back: leases and delays from the time that is still to come would last that much longer. */
async function advance(db: Kysely<Tables>, now: number): Promise<void> {
  await db
    .updateTable('sends')
    .set(({ eb }) => ({ lease_until: eb(eb('lease_until', '-', eb.ref('updated_at')), '+', now), updated_at: now }))
    .where('state', '=', sql.lit('running'))
    .where('updated_at', '>', now + slackMs)
    .execute()
  await db
    .updateTable('sends')
    .set(({ eb }) => ({ not_before: eb(eb('not_before', '-', eb.ref('updated_at')), '+', now), updated_at: now }))
    .where('state', '=', sql.lit('waiting'))
    .where('updated_at', '>', now + slackMs)
    // A date that somebody asked for is a date, and no delay.
    .where(({ eb, or }) => or([eb('fence', '>', 0), eb('not_before', '<=', eb.ref('updated_at'))]))
    .execute()
}
