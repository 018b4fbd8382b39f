/** The queue of jobs, in the store. */
import { createError } from '../errors/errors.ts'
import type { Store } from '../store/store.ts'
import { createTime } from '../store/time.ts'
import { findAdded, insertJobs, insertWithdrawn } from './add.ts'
import { createClaim, makeLease } from './claim.ts'
import { createForget } from './forget.ts'
import type { Lease, NewDelivery, NewRun, Queue } from './job.ts'
import { lockOrders } from './order.ts'
import { createOverview } from './overview.ts'
import { orderColumns, toDeliveryRow, toRunRow } from './rows.ts'
import { createTransitions } from './transitions.ts'
import { createWorkers } from './workers.ts'

export interface QueueOptions {
  /** For tests: milliseconds since 1970, in place of the store's clock and of this process's. */
  now?: () => number
  /** Whether the end of each job is to be told, by an outcome; default false. */
  tellsOutcomes?: boolean
}

export function createQueue(store: Store, { now, tellsOutcomes = false }: QueueOptions = {}): Queue {
  const time = createTime(store, now)
  const listeners = new Set<() => void>()
  const cancelListeners = new Set<(id: string) => void>()
  const transitions = createTransitions({ store, time, tellsOutcomes })
  const workers = createWorkers({ store, time })
  const { listOf, forget } = createForget({ store, time, tellsOutcomes })
  return {
    ...transitions,
    ...workers,
    ...createOverview({ store, time }),
    claim: createClaim({ store, time }),
    add,
    findAdded: deliveries =>
      store.run(db =>
        findAdded(
          db,
          deliveries.map(delivery => toDeliveryRow(delivery, 0)),
        ),
      ),
    addRun,
    withdraw,
    answer: async (...given) => tellIf(await transitions.answer(...given)),
    retry: async id => tellIf(await transitions.retry(id)),
    recover: async holder => tellIf(await workers.recover(holder)),
    cancel,
    listOf,
    forget: async (...given) => tellCancelled(await forget(...given)),
    onAdded,
    onCancelled,
  }

  async function add(deliveries: NewDelivery[]) {
    const keys = deliveries.map(delivery => orderColumns(delivery).order_key)
    const added = await store.transact(async db => {
      await lockOrders(db, store.engine, keys)
      const now = await time.read(db)
      return insertJobs(
        db,
        deliveries.map(delivery => toDeliveryRow(delivery, now)),
      )
    })
    tellIf(added.some(({ existed }) => !existed))
    return added
  }

  async function addRun(run: NewRun, worker: string): Promise<Lease> {
    const lease = makeLease()
    const [added] = await store.transact(async db => {
      await lockOrders(db, store.engine, [orderColumns(run).order_key])
      const row = toRunRow(run, await time.read(db))
      return insertJobs(db, [{ ...row, state: 'running', attempts: 1, lease, worker }])
    })
    const { job, existed } = added as NonNullable<typeof added>
    // One that was withdrawn before it came.
    if (existed) throw createError('DYN_IDEMPOTENCY_CONFLICT')
    return { ...job, lease, worker, takenOver: false }
  }

  async function withdraw(run: Omit<NewRun, 'call'>): Promise<void> {
    await store.transact(async db => {
      await lockOrders(db, store.engine, [orderColumns(run).order_key])
      await insertWithdrawn(db, run, await time.read(db))
    })
  }

  async function cancel(id: string) {
    const cancelled = await transitions.cancel(id)
    if (cancelled) tellCancelled([id])
    return cancelled
  }

  function tellCancelled(ids: readonly string[]): void {
    tellIf(ids.length > 0)
    for (const id of ids) for (const listener of cancelListeners) listener(id)
  }

  function onAdded(listener: () => void): () => void {
    listeners.add(listener)
    store.notices?.listen(callListeners)
    return () => void listeners.delete(listener)
  }

  function onCancelled(listener: (id: string) => void): () => void {
    cancelListeners.add(listener)
    return () => void cancelListeners.delete(listener)
  }

  /** Wakes those that wait for work. */
  function tellIf<T>(result: T): T {
    if (result) {
      callListeners()
      store.notices?.tell()
    }
    return result
  }

  function callListeners(): void {
    for (const listener of listeners) listener()
  }
}
