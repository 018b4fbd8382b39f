import { type Kysely, sql, type UpdateObject } from 'kysely'
import { stringifyExact } from '../exact-json.ts'
import { errorColumns, isId, type SendRow, toSend } from './rows.ts'
import type { Lease, Queue, Send, SendState } from './send.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'
import type { Time } from './time.ts'

type Changes = UpdateObject<Tables, 'sends', 'sends'>
type Outcomes = Pick<
  Queue,
  'extend' | 'setParams' | 'finish' | 'retryAt' | 'bury' | 'release' | 'get' | 'retry' | 'cancel'
>

const noLease = { worker: null, lease_until: null } as const
const oneLess = sql<number>`attempts - 1`

/** What becomes of a send; each change is one statement that holds the condition under which it may be made. */
export function createOutcomes({ store, time }: { store: Store; time: Time }): Outcomes {
  return { extend, setParams, finish, retryAt, bury, release, get, retry, cancel }

  function extend(lease: Lease, leaseMs: number): Promise<boolean> {
    return change(lease, { lease_until: sql`${time.inStore()} + ${sql.lit(leaseMs)}` })
  }

  async function setParams(lease: Lease, params: Record<string, unknown>): Promise<boolean> {
    const early = sql`params is null and ${heldBack}`
    const row = await update(lease, {
      params: stringifyExact(params),
      state: sql<SendState>`case when ${early} then 'waiting' else state end`,
      worker: sql<string | null>`case when ${early} then null else worker end`,
      lease_until: sql<number | null>`case when ${early} then null else lease_until end`,
      attempts: sql<number>`case when ${early} then ${oneLess} else attempts end`,
    })
    return row?.state === 'running'
  }

  function finish(lease: Lease): Promise<boolean> {
    return change(lease, { state: 'done', ...noLease })
  }

  function retryAt(lease: Lease, at: number, error: Send['lastError'], countsAsAttempt: boolean): Promise<boolean> {
    // As a delay: the clocks of the process and of the store may differ.
    const delayMs = Math.max(0, Math.round(at - time.inProcess()))
    return change(lease, {
      state: 'waiting',
      ...noLease,
      not_before: sql`${time.inStore()} + ${sql.lit(delayMs)}`,
      ...errorColumns(error),
      ...(!countsAsAttempt && { attempts: oneLess }),
    })
  }

  function bury(lease: Lease, error: NonNullable<Send['lastError']>): Promise<boolean> {
    return change(lease, { state: 'dead', ...noLease, ...errorColumns(error) })
  }

  function release(lease: Lease): Promise<boolean> {
    return change(lease, { state: 'waiting', ...noLease, attempts: oneLess })
  }

  async function get(id: string): Promise<Send | null> {
    if (!isId(id)) return null
    const row = await store.run(db =>
      db.selectFrom('sends').selectAll().where('id', '=', Number(id)).executeTakeFirst(),
    )
    return row ? toSend(row) : null
  }

  function retry(id: string): Promise<Send | null | false> {
    return changeState(id, 'dead', { state: 'waiting', attempts: 0, taken_over: 0, not_before: time.inStore() })
  }

  function cancel(id: string): Promise<Send | null | false> {
    return changeState(id, 'waiting', { state: 'cancelled' })
  }

  async function change(lease: Lease, changes: Changes): Promise<boolean> {
    return (await update(lease, changes)) !== undefined
  }

  function update({ id, fence }: Lease, changes: Changes): Promise<Pick<SendRow, 'state'> | undefined> {
    return store.run(db =>
      db
        .updateTable('sends')
        .set({ ...changes, updated_at: time.inStore() })
        .where('id', '=', Number(id))
        .where('fence', '=', fence)
        .where('state', '=', 'running')
        .returning('state')
        .executeTakeFirst(),
    )
  }

  async function changeState(id: string, from: SendState, changes: Changes): Promise<Send | null | false> {
    if (!isId(id)) return null
    const row = await store.run((db: Kysely<Tables>) =>
      db
        .updateTable('sends')
        .set({ ...changes, updated_at: time.inStore() })
        .where('id', '=', Number(id))
        .where('state', '=', from)
        .returningAll()
        .executeTakeFirst(),
    )
    if (row) return toSend(row)
    return (await get(id)) ? false : null
  }
}

/** Whether another send of the addressee has to go before this one. */
const heldBack = sql`exists (
  select 1 from sends e where e.order_key = sends.order_key and (
    (e.id < sends.id and e.state in ('waiting', 'running')) or (e.state = 'running' and e.params is not null)
  )
)`
