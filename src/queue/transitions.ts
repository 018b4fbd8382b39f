import { type Kysely, sql, type UpdateObject } from 'kysely'
import { stringifyExact } from '../json/exact-json.ts'
import type { Store } from '../store/store.ts'
import type { CountedState, Tables } from '../store/tables.ts'
import type { Time } from '../store/time.ts'
import { insertJobs, insertOutcomes } from './add.ts'
import { count } from './counts.ts'
import {
  type Answer,
  type Job,
  type JobError,
  type Lease,
  priorities,
  type Queue,
  type RetryOptions,
  type Within,
} from './job.ts'
import { lockOrders, promote, reorder } from './order.ts'
import { errorColumns, isId, type JobRow, noLease, noText, orderColumns, toDeliveryRow, toJob } from './rows.ts'

type Changes = UpdateObject<Tables, 'jobs', 'jobs'>
type Held = Pick<Lease, 'id' | 'lease'>
type Transitions = Pick<
  Queue,
  'setParams' | 'finish' | 'retryAt' | 'kill' | 'answer' | 'release' | 'get' | 'retry' | 'cancel'
>

export interface TransitionsOptions {
  store: Store
  time: Time
  /** Whether a job that ends adds its outcome, in the same transaction. */
  tellsOutcomes: boolean
}

/** What becomes of a job. Whoever lacks its lease changes nothing, so it doesn't matter how late they try. */
export function createTransitions({ store, time, tellsOutcomes }: TransitionsOptions): Transitions {
  const { engine } = store
  return { setParams, finish, retryAt, kill, answer, release, get, retry, cancel }

  function setParams(lease: Lease, params: Record<string, unknown>): Promise<boolean> {
    return change(lease, { params: stringifyExact(params) })
  }

  function retryAt(lease: Lease, { at, error, countsAsAttempt, failures = 0 }: RetryOptions): Promise<boolean> {
    // As a delay: the clocks of the process and of the store may differ.
    const delayMs = Math.max(0, Math.round(at - time.inProcess()))
    return change(lease, {
      state: 'waiting',
      ...noLease,
      not_before: sql`${time.inStore()} + ${sql.lit(delayMs)}`,
      failures,
      ...errorColumns(error),
      ...(!countsAsAttempt && { attempts: sql<number>`attempts - 1` }),
    })
  }

  function release(lease: Held, hasBegun: boolean): Promise<boolean> {
    const counted = hasBegun ? { not_before: time.inStore() } : { attempts: sql<number>`attempts - 1` }
    return change(lease, { state: 'waiting', ...noLease, ...counted })
  }

  function finish(lease: Lease, within?: Within): Promise<boolean> {
    return end(lease, null, { state: 'done', ...noText }, async db => {
      await within?.(db)
      await promote(db, [orderColumns(lease).order_key])
    })
  }

  function kill(lease: Lease, error: JobError): Promise<boolean> {
    return end(lease, 'dead', { state: 'dead', ...errorColumns(error) }, async db => {
      await promote(db, [orderColumns(lease).order_key])
    })
  }

  function answer(lease: Lease, given: Answer, error: JobError | null, within?: Within): Promise<boolean> {
    const ended: Changes = error ? { state: 'dead', ...errorColumns(error) } : { state: 'done', ...noText }
    return end(lease, error ? 'dead' : null, ended, async (db, { id, due_at }) => {
      const { page, addressee } = lease
      const row = toDeliveryRow({ page, addressee, ...given, priority: priorities.answer }, await time.read(db))
      await insertJobs(db, [{ ...row, run_id: id, due_at }])
      await within?.(db)
    })
  }

  async function get(id: string): Promise<Job | null> {
    if (!isId(id)) return null
    const row = await store.run(db => db.selectFrom('jobs').selectAll().where('id', '=', Number(id)).executeTakeFirst())
    return row ? toJob(row) : null
  }

  function retry(id: string): Promise<Job | null | false> {
    const again = { state: 'waiting', attempts: 0, failures: 0, taken_over: 0 } as const
    return changeState(id, ['dead'], async (db, { kind, order_key, priority, operation }) => {
      const now = await time.read(db)
      await update(db, Number(id), {
        ...again,
        due_at: now,
        not_before: now,
        run_id: sql<number | null>`case when run_id is null then null else id end`,
        blocked: kind === 'delivery' && order_key !== null ? 1 : 0,
        urgency: priority,
      })
      await count(db, [{ kind, operation }], 'dead', 'unfinished')
      await reorder(db, [order_key], priority)
    })
  }

  function cancel(id: string): Promise<Job | null | false> {
    return changeState(id, ['waiting', 'running'], async (db, row) => {
      await update(db, row.id, { state: 'cancelled', ...noLease, ...noText })
      await count(db, [row], 'unfinished', null)
      await promote(db, [row.order_key])
      await addOutcome(db, { ...row, state: 'cancelled', updated_at: await time.read(db) })
    })
  }

  async function addOutcome(db: Kysely<Tables>, row: JobRow): Promise<void> {
    if (tellsOutcomes) await insertOutcomes(db, [row])
  }

  /** One statement that holds the condition under which it may be made. */
  async function change(lease: Held, changes: Changes): Promise<boolean> {
    return (await store.run(db => updateLeased(db, lease, changes))) !== undefined
  }

  async function end(
    lease: Lease,
    to: CountedState | null,
    changes: Changes,
    goOn: (db: Kysely<Tables>, row: JobRow) => Promise<void>,
  ): Promise<boolean> {
    const { order_key } = orderColumns(lease)
    return store.transact(async db => {
      await lockOrders(db, engine, [order_key])
      const row = await updateLeased(db, lease, { ...changes, ...noLease })
      if (!row) return false
      await count(db, [row], 'unfinished', to)
      await goOn(db, row)
      await addOutcome(db, row)
      return true
    })
  }

  function updateLeased(db: Kysely<Tables>, { id, lease }: Held, changes: Changes): Promise<JobRow | undefined> {
    return db
      .updateTable('jobs')
      .set({ ...changes, updated_at: time.inStore() })
      .where('id', '=', Number(id))
      .where('lease', '=', lease)
      .where('state', '=', 'running')
      .returningAll()
      .executeTakeFirst()
  }

  async function update(db: Kysely<Tables>, id: number, changes: Changes): Promise<void> {
    await db
      .updateTable('jobs')
      .set({ ...changes, updated_at: time.inStore() })
      .where('id', '=', id)
      .execute()
  }

  async function changeState(
    id: string,
    from: JobRow['state'][],
    apply: (db: Kysely<Tables>, row: JobRow) => Promise<void>,
  ): Promise<Job | null | false> {
    const known = await get(id)
    if (!known) return null
    return store.transact(async db => {
      await lockOrders(db, engine, [orderColumns(known).order_key])
      const find = () => db.selectFrom('jobs').selectAll().where('id', '=', Number(id))
      const row = await find()
        .$if(engine === 'postgres', query => query.forUpdate())
        .executeTakeFirst()
      if (!row || !from.includes(row.state)) return false
      await apply(db, row)
      return toJob(await find().executeTakeFirstOrThrow())
    })
  }
}
