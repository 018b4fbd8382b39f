/**
 * Replies that were not ready in time: promised to the contact once they are stored, as runs; what a run answers becomes a
 * delivery at its place. A run whose process ended is run again by any process that knows its block.
 */
import { once } from 'node:events'
import type { Blocks } from '../blocks/load.ts'
import { stockReply } from '../blocks/stock-replies.ts'
import type { Content } from '../content/content.ts'
import type { Heartbeat, KeptLease } from '../delivery/heartbeat.ts'
import type { SendMetrics } from '../delivery/metrics.ts'
import type { DefaultOnUnknown } from '../delivery/on-unknown.ts'
import type { Outage } from '../delivery/outage.ts'
import type { Work } from '../delivery/worker.ts'
import { createError, DynablockError } from '../errors/errors.ts'
import type { ParentLog } from '../log.ts'
import type { Answer, Lease, NewRun, Queue } from '../queue/job.ts'
import { runLineOf } from '../queue/rows.ts'
import type { BlockAnswer } from './answer.ts'
import { type CallRecord, restoreCall, runKeyOf, storeCall } from './record.ts'
import type { Runner, TakeLate } from './run.ts'
import { stillLeads } from './state.ts'
import { createWithdrawals } from './withdrawals.ts'

export interface LateRepliesOptions {
  /** Throws while the store isn't open. */
  queue(): Pick<Queue, 'addRun' | 'withdraw' | 'answer' | 'finish' | 'release'>
  blocks: Pick<Blocks, 'get'>
  rerun: Runner['rerun']
  /** The page whose key delivers; throws when there is none: what can't be delivered is not promised. */
  requirePage: (named: string | null) => string | null
  /** Whether there is a store, which may have taken what it was given whatever it answered. */
  isOpen: () => boolean
  defaultOnUnknown: DefaultOnUnknown
  outage: Pick<Outage, 'persist'>
  heartbeat: Pick<Heartbeat, 'keep' | 'ready' | 'worker'>
  log: ParentLog
  metrics: Pick<SendMetrics, 'lateReplies' | 'reruns'>
  /** How many are run again at once; default 200. */
  concurrency?: number
  /** How many of them of one block, so that one that hangs leaves the others theirs; default 50. */
  blockConcurrency?: number
}

export type LateReplies = ReturnType<typeof createLateReplies>

/** How often a run may end with its process, before its contact gets the fallback. */
const maxFailures = 5

const blockLine = runLineOf('')

export function createLateReplies({
  queue,
  blocks,
  rerun,
  requirePage,
  isOpen,
  defaultOnUnknown,
  outage,
  heartbeat,
  log,
  metrics,
  concurrency = 200,
  blockConcurrency = 50,
}: LateRepliesOptions) {
  const underWay = new Set<Promise<void>>()
  /** Of first attempts and of those that are run again. */
  const followed = new Set<KeptLease>()
  const runningByBlock = new Map<string | null, number>()
  const withdrawals = createWithdrawals({ queue, persist: outage.persist, log })
  const runs: Work = {
    kind: 'run',
    concurrency,
    drainMs: () => 0,
    limits: () => ({ skip: linesOfFullBlocks(), knows }),
    opensAt: () => [],
    carryOut,
  }
  let isStopping = false
  return { take, runs, settled, stop }

  /** @throws DynablockError when there is no key for the page; whatever the store throws */
  async function take(...[record, answer, running]: Parameters<TakeLate>): Promise<void> {
    const lease = await store(toRun(record, requirePage(record.page)), running.signal)
    metrics.lateReplies.inc({ block: record.block })
    const kept = heartbeat.keep(lease)
    kept.signal.addEventListener('abort', () => running.abort(createError('DYN_LEASE_LOST')))
    const stored: Promise<void> = follow(lease, kept, answer).finally(() => {
      kept.drop()
      underWay.delete(stored)
    })
    underWay.add(stored)
  }

  /** What the contact is not promised, since the store failed or took too long, is withdrawn. */
  async function store(run: NewRun, signal: AbortSignal): Promise<Lease> {
    const mayBeStored = isOpen()
    try {
      await heartbeat.ready()
      const lease = await queue().addRun(run, heartbeat.worker())
      signal.throwIfAborted()
      return lease
    } catch (error) {
      if (mayBeStored) withdrawals.add(run)
      throw error
    }
  }

  /** Runs a call again whose process ended. */
  async function carryOut(lease: Lease, kept: KeptLease): Promise<void> {
    const { block } = lease
    runningByBlock.set(block, (runningByBlock.get(block) ?? 0) + 1)
    try {
      await resume(lease, kept)
    } finally {
      runningByBlock.set(block, (runningByBlock.get(block) ?? 0) - 1)
    }
  }

  async function resume(lease: Lease, kept: KeptLease): Promise<void> {
    const record = readRecord(lease)
    if (record instanceof DynablockError) {
      return end(lease, kept, { content: stockReply(undefined, 'fallback', 'messenger'), failure: record })
    }
    const { channel } = record
    const block = blocks.get(record.block)
    if (!block) return refuse('fallback', createError('DYN_BLOCK_UNKNOWN', { hint: '' }))
    const { failures, attempts: attempt } = lease
    if (failures >= maxFailures) return refuse('fallback', createError('DYN_RUN_FATAL', { count: failures }))
    if (block.rerun === false) return refuse('fallback', createError('DYN_RUN_ONCE'))
    if (!stillLeads(block, record)) return refuse('expired', createError('DYN_RUN_EXPIRED'))
    metrics.reruns.inc({ block: record.block })
    await follow(lease, kept, rerun(record, { block, attempt, signal: kept.signal }))

    /** The call isn't run again; its contact sees why, in the block's words. */
    function refuse(kind: 'fallback' | 'expired', error: DynablockError): Promise<void> {
      return end(lease, kept, { content: stockReply(block, kind, channel), failure: error })
    }
  }

  /** Waits for what a run answers, and gives it back unanswered when the server ends first. */
  async function follow(lease: Lease, kept: KeptLease, answer: Promise<BlockAnswer>): Promise<void> {
    followed.add(kept)
    const ended = await Promise.race([answer, aborted(kept.signal)]).finally(() => followed.delete(kept))
    if (ended && !kept.signal.aborted) return end(lease, kept, ended)
    void answer.then(({ pending }) => pending?.leave())
    // When the lease was lost this changes nothing.
    if (isStopping) await outage.persist(() => queue().release(lease, true))
  }

  async function end(lease: Lease, kept: KeptLease, ended: Ended): Promise<void> {
    kept.settle()
    const isStored = await outage.persist(() => storeEnd(lease, ended))
    const leave = isStored ? ended.pending?.left : ended.pending?.leave
    leave?.()
  }

  /** With what was remembered in the turn, or not at all. */
  async function storeEnd(lease: Lease, { content, failure, pending }: Ended): Promise<boolean> {
    try {
      return await (isEmpty(content) && !failure
        ? queue().finish(lease, pending?.write)
        : queue().answer(lease, toAnswer(lease, content, defaultOnUnknown), toJobError(failure), pending?.write))
    } catch (error) {
      if (!pending || !isLoss(error)) throw error
      return storeEnd(lease, pending.otherwise(error))
    }
  }

  /** The handlers that run are told, and their calls given back at once. */
  function stop(): void {
    isStopping = true
    for (const kept of followed) kept.abort()
  }

  /** Resolves once every reply that this process has under way is stored, given back or withdrawn. */
  async function settled(): Promise<void> {
    await Promise.all([...underWay, withdrawals.settled()])
  }

  function knows(line: string): boolean {
    return line.startsWith(blockLine) && blocks.get(line.slice(blockLine.length)) !== undefined
  }

  function linesOfFullBlocks(): string[] {
    return [...runningByBlock].flatMap(([block, count]) => {
      if (count === 0) runningByBlock.delete(block)
      return count < blockConcurrency ? [] : [runLineOf(block ?? '')]
    })
  }
}

/** How a run ends. */
type Ended = Pick<BlockAnswer, 'content' | 'failure' | 'pending'>

function isLoss(error: unknown): boolean {
  return error instanceof DynablockError && (error.code === 'DYN_TURN_LOST' || error.code === 'DYN_TURN_OVER')
}

async function aborted(signal: AbortSignal): Promise<null> {
  if (!signal.aborted) await once(signal, 'abort')
  return null
}

/** A call that can't be read names no channel; its contact is still told. */
function readRecord({ call }: Lease): CallRecord | DynablockError {
  try {
    return restoreCall(call ?? '')
  } catch (error) {
    return error as DynablockError
  }
}

function toRun(record: CallRecord, page: string | null): NewRun {
  return {
    block: record.block,
    page,
    addressee: record.contact.id,
    call: storeCall(record),
    idempotencyKey: runKeyOf(record.id),
  }
}

function toAnswer({ addressee }: Lease, content: Content, defaultOnUnknown: DefaultOnUnknown): Answer {
  const params = { subscriber_id: addressee, data: { version: 'v2', content } }
  return { operation: 'sending.sendContent', params, defaultOnUnknown: defaultOnUnknown(params) }
}

function toJobError(error: DynablockError | undefined) {
  return error ? { code: error.code, message: error.message } : null
}

/** A handler that returned nothing has nothing to be delivered. */
function isEmpty({ messages, actions = [], external_message_callback }: Content): boolean {
  return messages.length === 0 && actions.length === 0 && external_message_callback === undefined
}
