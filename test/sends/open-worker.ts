/** A worker on a queue in memory, with sends that end when the test wants. */
import { once } from 'node:events'
import type { Test } from 'tap'
import { createSendMetrics } from '../../src/sends/metrics.ts'
import type { Outcome } from '../../src/sends/outcome.ts'
import type { Perform } from '../../src/sends/perform.ts'
import type { NewSend } from '../../src/sends/send.ts'
import { createWorker, type WorkerOptions } from '../../src/sends/worker.ts'
import { contentOf, page } from './desk.ts'
import { createManualClock } from './manual-clock.ts'
import { createMemoryQueue } from './memory-queue.ts'

export interface Opened extends Partial<WorkerOptions> {
  /** Each send waits for its gate. */
  gated?: boolean
  /** Each send goes on until it is aborted, and is then to be tried again. */
  abortable?: boolean
}

export function openWorker(t: Test, { gated = false, abortable = false, ...options }: Opened = {}) {
  const clock = createManualClock()
  const queue = createMemoryQueue(clock.now)
  const begun: string[] = []
  const gates = new Map<string, (outcome: Outcome) => void>()
  const logged: unknown[] = []
  const metrics = createSendMetrics()
  const log = {
    info: (...line: unknown[]) => void logged.push(['info', ...line]),
    error: (...line: unknown[]) => void logged.push(['error', ...line]),
  }
  const aborted: string[] = []
  const perform: Perform = ({ id }, { signal }) => {
    begun.push(id)
    if (abortable) return untilAborted(id, signal)
    return gated ? new Promise(resolve => gates.set(id, resolve)) : Promise.resolve({ kind: 'done' })
  }
  const worker = createWorker({ queue, perform, name: t.name, metrics, log, clock, ...options })
  return { clock, queue, begun, gates, logged, metrics, worker, aborted }

  async function untilAborted(id: string, signal: AbortSignal): Promise<Outcome> {
    await once(signal, 'abort')
    aborted.push(id)
    const error = { code: 'DYN_CALL_FAILED', message: 'an abort' }
    return { kind: 'retry', at: clock.now() + 1000, error, countsAsAttempt: true }
  }
}

export function sendTo(addressee: string): NewSend {
  return { operation: 'sending.sendContent', page, addressee, params: contentOf('Hello') }
}
