/** Replies that were not ready in time: promised to the contact once they are stored, delivered when they are there. */
import type { Log } from '../blocks/call.ts'
import type { Claims } from '../blocks/claims.ts'
import type { Contact } from '../blocks/contact.ts'
import type { Blocks } from '../blocks/load.ts'
import type { createRunner, Outcome, TakeLate } from '../blocks/run.ts'
import { standingContent } from '../blocks/standing.ts'
import type { Entry } from '../blocks/work.ts'
import type { Channel } from '../content/channels.ts'
import type { Content } from '../content/content.ts'
import { createError } from '../errors.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { SendMetrics } from './metrics.ts'
import type { LateReply, Lease, Queue } from './send.ts'
import type { StoreWatch } from './store-watch.ts'
import { createWithdrawals } from './withdrawals.ts'

/** A call as it is kept, so that any process can run it again. */
interface StoredCall {
  name: string
  step: string | null
  state?: unknown
  id: string
  contact: Contact
  page: string | null
  channel: Channel
  input: string | null
  extras: Record<string, unknown>
  listener?: Claims
}

export interface LateRepliesOptions {
  queue: Queue
  blocks: Blocks
  rerun: ReturnType<typeof createRunner>['rerun']
  /** Throws when there is no key for the page: what can't be delivered is not promised. */
  requirePage: (page: string | null) => unknown
  /** Whether there is a store, which may have taken what it was given whatever it answered. */
  isOpen: () => boolean
  persist: StoreWatch['persist']
  /** Prolongs a lease until it is dropped, and tells when it is lost. */
  keepLease: LeaseKeeper['keep']
  /** Has the worker look at once whether there is something to deliver. */
  wakeWorker: () => void
  /** How long another process leaves a reply alone whose process no longer says that it lives. */
  leaseMs: number
  /** Milliseconds since 1970. */
  now: () => number
  /** Names this process among those that share the store. */
  worker: string
  log: Log & { child(bindings: object): Log }
  metrics: Pick<SendMetrics, 'count'>
}

export type LateReplies = ReturnType<typeof createLateReplies>

export function createLateReplies({
  queue,
  blocks,
  rerun,
  requirePage,
  isOpen,
  persist,
  keepLease,
  wakeWorker,
  leaseMs,
  now,
  worker,
  log,
  metrics,
}: LateRepliesOptions) {
  const underWay = new Set<Promise<void>>()
  const withdrawals = createWithdrawals({ queue, persist, log })
  let isStopping = false
  return { take, resume, settled, stop }

  /** @throws DynablockError when there is no key for the page; whatever the store throws */
  async function take(...[entry, outcome, work]: Parameters<TakeLate>): Promise<void> {
    requirePage(entry.page)
    const since = now()
    const lease = await store(entry, work.signal)
    metrics.count('lateReplies', { block: entry.name })
    const kept: Promise<void> = keep(lease, since, outcome, work).finally(() => underWay.delete(kept))
    underWay.add(kept)
  }

  /** What the contact is not promised, since the store failed or took too long, is taken back from it. */
  async function store(entry: Entry, signal: AbortSignal): Promise<Lease> {
    const send = toSend(entry)
    const mayBeStored = isOpen()
    try {
      const lease = await queue.addRunning(send, worker, leaseMs)
      signal.throwIfAborted()
      return lease
    } catch (error) {
      if (mayBeStored) withdrawals.add(send)
      throw error
    }
  }

  /** Holds the lease until the content is there, stores it, and leaves the delivery to whichever worker is free. */
  async function keep(
    lease: Lease,
    since: number,
    outcome: Promise<Outcome>,
    work: Parameters<TakeLate>[2],
  ): Promise<void> {
    const kept = keepLease(lease, since)
    kept.signal.addEventListener('abort', () => work.abort(createError('DYN_LEASE_LOST')))
    try {
      const { content, failure } = await outcome
      // What failed because this process ends is run again by another.
      const giveBack = failure && isStopping ? rerunLater : isEmpty(content) ? queue.finish : deliver(content)
      await persist(async () => kept.signal.aborted || giveBack(lease))
    } finally {
      kept.drop()
    }
  }

  /** The handler has run, so another run of it is another attempt. */
  function rerunLater(lease: Lease): Promise<boolean> {
    return queue.retryAt(lease, 0, null, true)
  }

  /** Whichever worker is free delivers it, when it is its turn. */
  function deliver(content: Content): (lease: Lease) => Promise<boolean> {
    return async lease => {
      const isReleased = (await queue.setParams(lease, toParams(lease, content))) && (await queue.release(lease))
      wakeWorker()
      return isReleased
    }
  }

  /** The parameters of a late reply whose process died before its content was stored: the call is run again. */
  async function resume(lease: Lease, signal: AbortSignal): Promise<Record<string, unknown>> {
    const call = lease.call as unknown as StoredCall
    const block = blocks.get(call.name)
    if (!block || block.rerun === false || (call.step !== null && !Object.hasOwn(block.steps, call.step))) {
      return toParams(lease, standingContent(block, 'fallback', call.channel))
    }
    metrics.count('reruns', { block: call.name })
    const entry: Entry = { ...call, block, attempt: lease.attempts, log }
    return toParams(lease, (await rerun(entry, signal)).content)
  }

  /** From here on a handler that fails does so because it is stopped. */
  function stop(): void {
    isStopping = true
  }

  /** Resolves once every reply that this process has under way is stored, given back or withdrawn. */
  async function settled(): Promise<void> {
    await Promise.all([...underWay, withdrawals.settled()])
  }
}

function toSend({ block: _block, log: _log, attempt: _attempt, ...call }: Entry): LateReply {
  return {
    operation: 'sending.sendContent',
    page: call.page,
    addressee: call.contact.id,
    params: null,
    idempotencyKey: `late reply ${call.id}`,
    call: call satisfies StoredCall as unknown as Record<string, unknown>,
  }
}

function toParams({ addressee }: Lease, content: Content): Record<string, unknown> {
  return { subscriber_id: addressee, data: { version: 'v2', content } }
}

/** A handler that returned nothing has nothing to be delivered. */
function isEmpty({ messages, actions = [], external_message_callback }: Content): boolean {
  return messages.length === 0 && actions.length === 0 && external_message_callback === undefined
}
