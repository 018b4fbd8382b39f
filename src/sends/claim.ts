import { type Kysely, type RawBuilder, sql } from 'kysely'
import { findExpired, findHeads, findTurn } from './heads.ts'
import { lineOf, type SendRow, toSend } from './rows.ts'
import type { ClaimOptions, Lease } from './send.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'
import type { Time } from './time.ts'

/** Makes `claim`, which begins where its last turn over the lines ended. */
export function createClaim({ store, time }: { store: Store; time: Time }) {
  let turnEndedAt = ''
  return claim

  async function claim({ worker, limit, leaseMs, skip = [] }: ClaimOptions): Promise<Lease[]> {
    // Before the store begins to count: who holds a lease never thinks it longer than it is.
    const leaseUntil = time.inProcess() + leaseMs
    const skipped = skip.map(lineOf)
    const { rows, line, sight } = await store.transact(async db => {
      const now = await time.read(db)
      const sight = await time.mend(db, now)
      return { ...(await claimAt(db, now)), sight }
    })
    turnEndedAt = line
    time.remember(sight)
    return rows
      .sort((a, b) => a.id - b.id)
      .map(row => ({ ...toSend(row), fence: row.fence, leaseUntil, takenOver: row.taken_over === 1 }))

    async function claimAt(db: Kysely<Tables>, now: number) {
      const rows = await takeOver(db, now)
      const seen = [...skipped]
      let line = turnEndedAt
      let found = limit
      let wanted = limit - rows.length
      // Where sends are due but held back, the lines behind theirs are looked at too.
      while (wanted > 0 && found >= wanted) {
        const lines = await findTurn(db, { after: line, now, limit: wanted, skip: seen })
        rows.push(...(await takeTurns(db, now, lines, wanted)))
        seen.push(...lines)
        line = lines.at(-1) ?? line
        found = lines.length
        wanted = limit - rows.length
      }
      return { rows, line }
    }

    /** Each line gets as much as the others, and what others leave. */
    async function takeTurns(db: Kysely<Tables>, now: number, lines: string[], wanted: number): Promise<SendRow[]> {
      const rows: SendRow[] = []
      let hungry = lines
      while (hungry.length > 0 && rows.length < wanted) {
        const served = hungry.slice(0, wanted - rows.length)
        const each = Math.floor((wanted - rows.length) / served.length)
        const found = await findHeads(db, { engine: store.engine, lines: served, now, each })
        const ids = found.flatMap(({ ids }) => ids)
        rows.push(...(await take(db, now, ids, sql.ref('taken_over'))))
        hungry = found.filter(({ ids }) => ids.length === each).map(({ line }) => line)
      }
      return rows
    }

    /** The sends of workers that died. What was only being made has not been on its way. */
    async function takeOver(db: Kysely<Tables>, now: number): Promise<SendRow[]> {
      const ids = await findExpired(db, { engine: store.engine, now, limit })
      return take(db, now, ids, sql`case when params is null then taken_over else 1 end`)
    }

    async function take(db: Kysely<Tables>, now: number, ids: number[], taken: RawBuilder<number>): Promise<SendRow[]> {
      if (ids.length === 0) return []
      return db
        .updateTable('sends')
        .set(({ eb }) => ({
          state: 'running',
          attempts: eb('attempts', '+', 1),
          fence: eb('fence', '+', 1),
          taken_over: taken,
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
