import { type Kysely, sql } from 'kysely'
import { findHeads, findTurn } from './heads.ts'
import { laneOf, type SendRow, toSend } from './rows.ts'
import type { ClaimOptions, Lease } from './send.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'
import type { Time } from './time.ts'

/** Makes `claim`, which begins where its last turn over the lanes ended. */
export function createClaim({ store, time }: { store: Store; time: Time }) {
  let turnEndedAt = ''
  return claim

  async function claim({ worker, limit, leaseMs, skip = [] }: ClaimOptions): Promise<Lease[]> {
    // Before the store begins to count: who holds a lease never thinks it longer than it is.
    const leaseUntil = time.inProcess() + leaseMs
    const skipped = skip.map(laneOf)
    const { rows, lane, sight } = await store.transact(async db => {
      const now = await time.read(db)
      const sight = await time.mend(db, now)
      return { ...(await claimAt(db, now)), sight }
    })
    turnEndedAt = lane
    time.remember(sight)
    return rows.sort((a, b) => a.id - b.id).map(row => ({ ...toSend(row), fence: row.fence, leaseUntil }))

    async function claimAt(db: Kysely<Tables>, now: number) {
      const rows = await takeOver(db, now)
      const seen = [...skipped]
      let lane = turnEndedAt
      // Where sends are due but held back, the lanes behind theirs are looked at too.
      for (
        let found = limit, wanted = limit - rows.length;
        wanted > 0 && found >= wanted;
        wanted = limit - rows.length
      ) {
        const lanes = await findTurn(db, { after: lane, now, limit: wanted, skip: seen })
        rows.push(...(await takeTurns(db, now, lanes, wanted)))
        seen.push(...lanes)
        lane = lanes.at(-1) ?? lane
        found = lanes.length
      }
      return { rows, lane }
    }

    /** Each lane gets as much as the others, and what others leave. */
    async function takeTurns(db: Kysely<Tables>, now: number, lanes: string[], wanted: number): Promise<SendRow[]> {
      const rows: SendRow[] = []
      let hungry = lanes
      while (hungry.length > 0 && rows.length < wanted) {
        const each = Math.max(1, Math.floor((wanted - rows.length) / hungry.length))
        const lanesNow = hungry.slice(0, wanted - rows.length)
        const found = await findHeads(db, { engine: store.engine, lanes: lanesNow, now, each })
        rows.push(
          ...(await take(
            db,
            now,
            found.flatMap(({ ids }) => ids),
          )),
        )
        hungry = found.filter(({ ids }) => ids.length === each).map(({ lane }) => lane)
      }
      return rows
    }

    /** The sends of workers that died. Their addressees wait for nobody else. */
    async function takeOver(db: Kysely<Tables>, now: number): Promise<SendRow[]> {
      const found = await db
        .selectFrom('sends')
        .select('id')
        .where('state', '=', sql.lit('running'))
        .where('lease_until', '<=', now)
        .orderBy('lease_until')
        .limit(limit)
        .$if(store.engine === 'postgres', query => query.forUpdate().skipLocked())
        .execute()
      return take(
        db,
        now,
        found.map(({ id }) => id),
      )
    }

    async function take(db: Kysely<Tables>, now: number, ids: number[]): Promise<SendRow[]> {
      if (ids.length === 0) return []
      return db
        .updateTable('sends')
        .set(({ eb }) => ({
          state: 'running',
          attempts: eb('attempts', '+', 1),
          fence: eb('fence', '+', 1),
          worker,
          lease_until: now + leaseMs,
          updated_at: now,
        }))
        .where('id', 'in', ids)
        .returningAll()
        .execute()
    }
  }
}
