import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Store } from '../store/store.ts'
import type { Tables } from '../store/tables.ts'
import type { Time } from '../store/time.ts'
import { findDue, findStranded, findTurn } from './claim-queries.ts'
import type { ClaimOptions, JobKind, Lease } from './job.ts'
import { type JobRow, toLease } from './rows.ts'

/** So that what is urgent never starves the rest. */
const oldestFirstEvery = 5
/** How long a run waits for a process that knows its block. */
const strandedAfterMs = 86_400_000

export function makeLease(): string {
  return randomBytes(12).toString('base64url')
}

/** Makes `claim`, which begins where its last turn over the lines ended. */
export function createClaim({ store, time }: { store: Store; time: Time }) {
  const turnEndedAt: Record<JobKind, string> = { run: '', delivery: '', outcome: '' }
  let claims = 0
  return claim

  async function claim({ kind, worker, limit, skip = [], knows = () => true }: ClaimOptions): Promise<Lease[]> {
    const urgentFirst = ++claims % oldestFirstEvery !== 0
    const { engine } = store
    const lease = makeLease()
    const { rows, line } = await store.transact(async db => {
      const now = await time.read(db)
      return claimAt(db, now)
    })
    turnEndedAt[kind] = line
    return rows.sort((a, b) => a.id - b.id).map(toLease)

    async function claimAt(db: Kysely<Tables>, now: number) {
      const rows = kind === 'run' ? await takeStranded(db, now) : []
      const seen = [...skip]
      let line = turnEndedAt[kind]
      let found = limit
      let wanted = limit - rows.length
      // Lines that others lock, or that are unknown here, leave their turn to those behind them.
      while (wanted > 0 && found >= wanted) {
        const lines = await findTurn(db, { kind, after: line, now, limit: wanted, skip: seen })
        rows.push(...(await takeTurns(db, now, lines.filter(knows), wanted)))
        seen.push(...lines)
        line = lines.at(-1) ?? line
        found = lines.length
        wanted = limit - rows.length
      }
      return { rows, line }
    }

    /** Each line gets as much as the others, and what others leave. */
    async function takeTurns(db: Kysely<Tables>, now: number, lines: string[], wanted: number): Promise<JobRow[]> {
      const rows: JobRow[] = []
      let hungry = lines
      while (hungry.length > 0 && rows.length < wanted) {
        const served = hungry.slice(0, wanted - rows.length)
        const each = Math.floor((wanted - rows.length) / served.length)
        const found = await findDue(db, { engine, kind, lines: served, now, each, urgentFirst })
        rows.push(
          ...(await take(
            db,
            now,
            found.flatMap(({ ids }) => ids),
          )),
        )
        hungry = found.filter(({ ids }) => ids.length === each).map(({ line }) => line)
      }
      return rows
    }

    async function takeStranded(db: Kysely<Tables>, now: number): Promise<JobRow[]> {
      return take(db, now, await findStranded(db, { engine, before: now - strandedAfterMs, limit }))
    }

    async function take(db: Kysely<Tables>, now: number, ids: number[]): Promise<JobRow[]> {
      if (ids.length === 0) return []
      return db
        .updateTable('jobs')
        .set(({ eb }) => ({ state: 'running', attempts: eb('attempts', '+', 1), lease, worker, updated_at: now }))
        .where('id', 'in', ids)
        .returningAll()
        .execute()
    }
  }
}
