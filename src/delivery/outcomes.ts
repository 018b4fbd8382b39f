/** Tells OUTCOME_URL how each send ended. */
import { createError, type DynablockError } from '../errors/errors.ts'
import type { Clock } from '../outbound/clock.ts'
import { signatureHeaders } from '../outbound/standard-webhooks.ts'
import type { JobOutcome, Lease, Queue } from '../queue/job.ts'
import { outcomeLine } from '../queue/rows.ts'
import type { KeptLease } from './heartbeat.ts'
import type { SendMetrics } from './metrics.ts'
import type { Outage, WorkerLog } from './outage.ts'
import { decideOutcome } from './retry-policy.ts'
import { drainMs, type Work } from './worker.ts'

export interface OutcomesOptions {
  queue(): Pick<Queue, 'finish' | 'kill' | 'retryAt'>
  /** OUTCOME_URL. */
  url: string
  /** OUTCOME_SECRET. */
  keys: readonly string[]
  fetch: typeof globalThis.fetch
  outage: Pick<Outage, 'persist'>
  metrics: Pick<SendMetrics, 'attempts'>
  log: WorkerLog
  clock: Pick<Clock, 'now'>
  random?: () => number
  /** Default 10000. */
  timeoutMs?: number
}

const concurrency = 20
const firstRestMs = 1000
const longestRestMs = 60_000

/** The work of telling outcomes. A receiver that fails rests, longer each time, so that it isn't asked for each of them. */
export function createOutcomes({
  queue,
  url,
  keys,
  fetch,
  outage,
  metrics,
  log,
  clock,
  random = Math.random,
  timeoutMs = 10_000,
}: OutcomesOptions): Work {
  let failures = 0
  let restsUntil = 0
  return {
    kind: 'outcome',
    concurrency,
    drainMs: () => drainMs,
    limits: () => ({ skip: isResting() ? [outcomeLine] : [] }),
    opensAt: () => (isResting() ? [restsUntil] : []),
    carryOut,
  }

  async function carryOut(lease: Lease, kept: KeptLease): Promise<void> {
    const error = await tell(lease.params as JobOutcome, kept.signal)
    rest(error)
    kept.settle()
    const outcome = decideOutcome({ send: lease, error, now: clock.now(), random: random() })
    const isOurs = await outage.persist(() => {
      if (outcome.kind === 'done') return queue().finish(lease)
      return outcome.kind === 'retry' ? queue().retryAt(lease, outcome) : queue().kill(lease, outcome.error)
    })
    if (!isOurs) return
    const { id, operation, attempts } = lease
    metrics.attempts.inc({ operation, outcome: outcome.kind })
    if (outcome.kind === 'dead') log.error({ id, operation, attempts, code: outcome.error.code }, 'an outcome is dead')
  }

  /** null once the receiver has it. */
  async function tell({ event, timestamp, data }: JobOutcome, signal: AbortSignal): Promise<DynablockError | null> {
    const body = JSON.stringify({ type: `send.${data.state}`, timestamp, data })
    const sentAtSeconds = Math.floor(clock.now() / 1000)
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signatureHeaders({ id: event, sentAtSeconds, body }, keys) },
        body,
        // It would carry the outcome to another host.
        redirect: 'manual',
        signal: AbortSignal.any([signal, timeout]),
      })
      await response.body?.cancel()
      return response.ok ? null : createError('DYN_OUTCOME_REFUSED', { got: `HTTP ${response.status}` })
    } catch (error) {
      const { code = 'no connection' } = ((error as Error).cause ?? {}) as { code?: string }
      const got = timeout.aborted ? `no answer within ${timeoutMs} ms` : code
      return createError('DYN_OUTCOME_REFUSED', { got })
    }
  }

  function rest(error: DynablockError | null): void {
    if (error === null) failures = 0
    // The answers to what was on its way already are no further sign.
    else if (!isResting()) restsUntil = clock.now() + Math.min(longestRestMs, firstRestMs * 2 ** failures++)
  }

  function isResting(): boolean {
    return restsUntil > clock.now()
  }
}
