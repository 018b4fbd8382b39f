/** Time for the queue: times that are stored are those of the store's clock, which all processes share. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { systemClock } from '../outbound/clock.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

export interface Time {
  /** Milliseconds since 1970, by the clock of this process, which never jumps. */
  inProcess(): number
  /** The same by the store's clock, in a statement. */
  inStore(): RawBuilder<number>
  read(db: Kysely<Tables>): Promise<number>
}

/** @param now for tests: time of both the process and the store, that passes as the test wants */
export function createTime(store: Pick<Store, 'now'>, now?: () => number): Time {
  return { inProcess: now ?? systemClock.now, inStore, read }

  function inStore(): RawBuilder<number> {
    return now ? sql<number>`cast(${now()} as bigint)` : store.now
  }

  async function read(db: Kysely<Tables>): Promise<number> {
    const { rows } = await sql<{ now: number }>`select ${inStore()} as now`.execute(db)
    return Number(rows[0]?.now)
  }
}
