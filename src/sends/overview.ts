import { sql } from 'kysely'
import { isHead } from './heads.ts'
import { isId, toSend } from './rows.ts'
import type { ListOptions, Queue, QueueStats, Send, SendState } from './send.ts'
import type { Store } from './store.ts'
import type { Time } from './time.ts'

const dayMs = 86_400_000
const keptDays = { done: 7, cancelled: 7, dead: 30 }
/** Few enough that nobody waits long for the store meanwhile. */
const rowsPerSweep = 1000
const maxListed = 500

/** What people and the worker want to know of the queue as a whole. */
export function createOverview({
  store,
  time,
}: {
  store: Store
  time: Time
}): Pick<Queue, 'list' | 'nextDueAt' | 'sweep' | 'stats'> {
  return { list, nextDueAt, sweep, stats }

  async function list({ state, page, addressee, before, limit = 50 }: ListOptions): Promise<Send[]> {
    if (before !== undefined && !isId(before)) return []
    const rows = await store.run(db => {
      let query = db.selectFrom('sends').selectAll().orderBy('id', 'desc').limit(Math.min(limit, maxListed))
      if (state !== undefined) query = query.where(sql<SendState>`state || ''`, '=', state)
      if (page !== undefined) query = query.where('page', '=', page)
      if (addressee !== undefined) query = query.where('addressee', '=', addressee)
      if (before !== undefined) query = query.where('id', '<', Number(before))
      return query.execute()
    })
    return rows.map(toSend)
  }

  async function nextDueAt(): Promise<number | null> {
    const { now, due, leaseUntil } = await read()
    const next = [due, leaseUntil].filter(at => at !== null)
    return next.length === 0 ? null : time.inProcess() + Math.min(...next) - now
  }

  async function sweep(): Promise<number> {
    let swept = 0
    for (const [state, days] of Object.entries(keptDays)) {
      for (let found = rowsPerSweep; found === rowsPerSweep; swept += found) {
        found = await sweepSome(state as keyof typeof keptDays, days * dayMs)
      }
    }
    return swept
  }

  async function sweepSome(state: keyof typeof keptDays, keptMs: number): Promise<number> {
    const { numDeletedRows } = await store.run(db =>
      db
        .deleteFrom('sends')
        .where('id', 'in', from =>
          from
            .selectFrom('sends')
            .select('id')
            .where('state', '=', sql.lit(state))
            .where('updated_at', '<', sql<number>`${time.inStore()} - ${sql.lit(keptMs)}`)
            .orderBy('updated_at')
            .limit(rowsPerSweep),
        )
        .executeTakeFirst(),
    )
    return Number(numDeletedRows)
  }

  async function stats(): Promise<QueueStats> {
    const byState = await store.run(db =>
      db
        .selectFrom('sends')
        .select(({ fn }) => ['operation', 'state', fn.countAll<number>().as('count')])
        .where('state', 'in', [sql.lit('waiting' as const), sql.lit('running' as const), sql.lit('dead' as const)])
        .groupBy(['state', 'operation'])
        .orderBy('state')
        .orderBy('operation')
        .execute(),
    )
    const { now, due } = await read()
    return { byState, oldestWaitingSeconds: due === null ? 0 : Math.max(0, now - due) / 1000 }
  }

  /** By the store's clock. */
  function read(): Promise<{ now: number; due: number | null; leaseUntil: number | null }> {
    return store.run(async db => {
      const now = await time.read(db)
      const head = await db
        .selectFrom('sends as c')
        .select('c.not_before')
        .where('c.state', '=', sql.lit('waiting'))
        .where(isHead)
        .orderBy('c.not_before')
        .orderBy('c.id')
        .limit(1)
        .executeTakeFirst()
      const lease = await db
        .selectFrom('sends')
        .select(({ fn }) => fn.min('lease_until').as('until'))
        .where('state', '=', sql.lit('running'))
        .executeTakeFirst()
      return { now, due: head?.not_before ?? null, leaseUntil: lease?.until ?? null }
    })
  }
}
