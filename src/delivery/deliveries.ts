import { carriesMedia, mediaTimeoutMs } from '../manychat/media.ts'
import type { Clock } from '../outbound/clock.ts'
import { lockOutRemedy } from '../outbound/limits.ts'
import type { Lease, Queue } from '../queue/job.ts'
import { lineOf } from '../queue/rows.ts'
import type { KeptLease } from './heartbeat.ts'
import type { SendMetrics } from './metrics.ts'
import { sendOperations } from './operations.ts'
import type { Outage, WorkerLog } from './outage.ts'
import { createPacing } from './pacing.ts'
import { createPagePauses } from './page-pauses.ts'
import type { Perform } from './perform.ts'
import type { Outcome } from './retry-policy.ts'
import { drainMs, type Work } from './worker.ts'

export interface DeliveriesOptions {
  queue(): Pick<Queue, 'finish' | 'kill' | 'retryAt' | 'setParams' | 'release'>
  perform: Perform
  outage: Pick<Outage, 'persist'>
  metrics: Pick<SendMetrics, 'attempts' | 'held' | 'withoutActions' | 'pausedPages' | 'lostLeases'>
  /** Is given ids, operations and codes, no text. */
  log: WorkerLog
  clock: Clock
  /** How many calls may be on their way; default 200. */
  concurrency?: number
  /** How many of them for one page, so that one that hangs leaves the others theirs; default 50. */
  pageConcurrency?: number
}

/** Longer than ManyChat may take for media, so that nobody has to wonder whether they arrived. */
export const mediaDrainMs = mediaTimeoutMs + 2000

/** The work of delivering: outbound calls, paced by the rates of their pages. */
export function createDeliveries({
  queue,
  perform,
  outage,
  metrics,
  log,
  clock,
  concurrency = 200,
  pageConcurrency = 50,
}: DeliveriesOptions): Work {
  const { now } = clock
  const pacing = createPacing({ now, rpsOf: operation => sendOperations.get(operation)?.rps ?? 10 })
  const pauses = createPagePauses({ now, onPaused })
  const runningByPage = new Map<string | null, number>()
  return {
    kind: 'delivery',
    concurrency,
    drainMs: ({ params }) => (carriesMedia(params ?? {}) ? mediaDrainMs : drainMs),
    limits: () => ({ skip: [...pacing.full(), ...linesOfFullPages()] }),
    opensAt: () => [...pacing.nextOpensAt(), ...pauses.nextOpensAt()],
    carryOut,
  }

  async function carryOut(lease: Lease, kept: KeptLease): Promise<void> {
    // Claimed together with what has filled its line.
    const { page } = lease
    const running = runningByPage.get(page) ?? 0
    if (!pacing.canBegin(lease) || running >= pauses.allowance(page)) return giveBack(lease)
    runningByPage.set(page, running + 1)
    try {
      await deliver(lease, kept)
    } finally {
      runningByPage.set(page, (runningByPage.get(page) ?? 0) - 1)
    }
  }

  async function giveBack(lease: Lease): Promise<void> {
    const at = Math.ceil(Math.max(pacing.opensAt(lease), pauses.opensAt(lease.page)))
    const { lastError: error, failures } = lease
    await outage.persist(() => queue().retryAt(lease, { at, error, failures, countsAsAttempt: false }))
  }

  async function deliver(lease: Lease, kept: KeptLease): Promise<void> {
    pacing.begin(lease)
    const { signal } = kept
    const outcome = await perform(lease, {
      signal,
      keep: params => outage.persist(() => queue().setParams(lease, params)),
    })
    if (outcome === null) return
    pace(lease, outcome)
    kept.settle()
    const isOurs = await outage.persist(() => settle(lease, outcome))
    if (isOurs) note(lease, outcome)
    else if (!signal.aborted) metrics.lostLeases.inc()
  }

  function pace(lease: Lease, outcome: Outcome): void {
    if (outcome.kind === 'done') {
      pacing.worked(lease)
      pauses.worked(lease)
    } else if (outcome.kind === 'retry' && outcome.limit === 'platform') {
      pacing.limited(lease)
      pauses.limited(lease)
    } else if (outcome.kind === 'retry' && outcome.limit === 'ours') pacing.crowded(lease, outcome.at)
    metrics.pausedPages.set(pauses.paused().length)
  }

  function onPaused(page: string | null, ms: number): void {
    log.error({ page, ms, code: 'DYN_CALL_LIMITED' }, `the page stays over its limits and is paused. ${lockOutRemedy}`)
  }

  /** Only once it is stored: a worker that lost its lease has nothing to report. */
  function note({ id, operation, page, attempts }: Lease, outcome: Outcome): void {
    metrics.attempts.inc({ operation, outcome: outcome.kind })
    if (outcome.kind === 'done') return
    const code = outcome.error?.code ?? ''
    if (outcome.kind !== 'retry') log.error({ id, operation, page, attempts, code }, 'a send is dead')
    if (outcome.kind === 'dead' && outcome.isHeld) metrics.held.inc({ operation, code })
    if (code !== 'DYN_SEND_WITHOUT_ACTIONS') return
    metrics.withoutActions.inc({ operation })
    log.error({ id, operation, page, code }, 'the page lacks a tag or field: the content goes out without the action')
  }

  function settle(lease: Lease, outcome: Outcome): Promise<boolean> {
    if (outcome.kind === 'done') return queue().finish(lease)
    return outcome.kind === 'retry' ? queue().retryAt(lease, outcome) : queue().kill(lease, outcome.error)
  }

  function linesOfFullPages(): string[] {
    for (const [page, count] of runningByPage) if (count === 0) runningByPage.delete(page)
    return [...new Set([...runningByPage.keys(), ...pauses.paused()])].flatMap(page => {
      const count = runningByPage.get(page) ?? 0
      return count < Math.min(pageConcurrency, pauses.allowance(page))
        ? []
        : [...sendOperations.keys()].map(operation => lineOf({ page, operation }))
    })
  }
}
