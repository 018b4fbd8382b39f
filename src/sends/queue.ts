/** The queue of sends, in the store. */
import { createError } from '../errors.ts'
import { insertSends, insertWithdrawn } from './add.ts'
import { createClaim } from './claim.ts'
import { createOutcomes } from './outcomes.ts'
import { createOverview } from './overview.ts'
import type { LateReply, Lease, NewSend, Queue } from './send.ts'
import type { Store } from './store.ts'
import { createTime } from './time.ts'

export interface QueueOptions {
  /** For tests: milliseconds since 1970, in place of the store's clock and of this process's. */
  now?: () => number
  /** For tests: time that never jumps, in milliseconds. Default `now`, where that is given. */
  steady?: () => number
}

export function createQueue(store: Store, { now, steady }: QueueOptions = {}): Queue {
  const time = createTime(store, now, steady)
  const listeners = new Set<() => void>()
  const { retry, ...outcomes } = createOutcomes({ store, time })
  return {
    add,
    addRunning,
    withdraw,
    claim: createClaim({ store, time }),
    ...outcomes,
    retry: async id => tellIf(await retry(id)),
    ...createOverview({ store, time }),
    onAdded,
  }

  async function add(sends: NewSend[]) {
    const added = await store.transact(async db => insertSends(db, sends, await time.read(db)))
    tellIf(added.some(({ existed }) => !existed))
    return added
  }

  async function addRunning(send: LateReply, worker: string, leaseMs: number): Promise<Lease> {
    const leaseUntil = time.inProcess() + leaseMs
    const added = await store.transact(async db => {
      const now = await time.read(db)
      const running = { state: 'running', attempts: 1, fence: 1, worker, lease_until: now + leaseMs } as const
      return insertSends(db, [send], now, running)
    })
    const [{ send: inserted, existed }] = added as [(typeof added)[number]]
    // One that was withdrawn before it came.
    if (existed) throw createError('DYN_IDEMPOTENCY_CONFLICT')
    return { ...inserted, fence: 1, leaseUntil }
  }

  async function withdraw(send: LateReply): Promise<void> {
    await store.run(async db => insertWithdrawn(db, send, await time.read(db)))
  }

  function onAdded(listener: () => void): () => void {
    listeners.add(listener)
    store.notices?.listen(callListeners)
    return () => void listeners.delete(listener)
  }

  /** Tells those who wait for work that there is some. */
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
