/** A worker on a queue in SQLite. The test decides when sends end, moves the clock, and can cut off the store. */
import { once } from 'node:events'
import { sql } from 'kysely'
import type { Test } from 'tap'
import { createDeliveries, type DeliveriesOptions } from '../../src/delivery/deliveries.ts'
import { createHeartbeat } from '../../src/delivery/heartbeat.ts'
import { createSendMetrics } from '../../src/delivery/metrics.ts'
import { createOutage } from '../../src/delivery/outage.ts'
import type { Perform } from '../../src/delivery/perform.ts'
import type { Outcome } from '../../src/delivery/retry-policy.ts'
import { createWorker } from '../../src/delivery/worker.ts'
import { createError } from '../../src/errors/errors.ts'
import { Registry } from '../../src/ops/prom-client.ts'
import type { Job, NewDelivery, Queue } from '../../src/queue/job.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { openStore } from '../../src/store/store.ts'
import { samplesOf } from '../ops/metrics-of.ts'
import { contentOf, page } from '../sends/desk.ts'
import { folder } from '../store/stores.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'

type Options = Partial<Pick<DeliveriesOptions, 'concurrency' | 'pageConcurrency'>> & {
  perform?: Perform
  clock?: ManualClock
  /** Each send waits until the test opens its gate. */
  gated?: boolean
  /** Each send runs until it is aborted, and is then retried. */
  abortable?: boolean
}

export async function openWorker(t: Test, options: Options = {}) {
  const { gated = false, abortable = false, perform: given, clock = createManualClock(), ...limits } = options
  const { store, queue, fault, calls, rows } = await openQueue(t, clock)
  const begun: string[] = []
  const gates = new Map<string, (outcome: Outcome) => void>()
  const logged: unknown[] = []
  const registry = new Registry()
  const metrics = createSendMetrics({ registry, readStats: () => queue.stats() })
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
  const outage = createOutage({ clock, log })
  const onLost = () => metrics.lostLeases.inc()
  const heartbeat = createHeartbeat({ queue: () => queue, clock, leaseMs: 30_000, onLost })
  const common = { queue: () => queue, outage, log, clock }
  const work = createDeliveries({ ...common, perform: given ?? perform, metrics, ...limits })
  const worker = createWorker({ ...common, work, heartbeat })
  return { clock, queue, fault, calls, begun, gates, logged, samples, aborted, start, stop, rows, steal, heartbeat }

  function samples(name: string) {
    return samplesOf(registry, name)
  }

  function start(): void {
    heartbeat.start()
    worker.start()
  }

  async function stop(): Promise<void> {
    await worker.stop()
    outage.giveUp()
    await worker.abort()
    await heartbeat.stop().catch(() => undefined)
  }

  /** Takes a job that this process holds, as another process would. */
  async function steal(id: string): Promise<void> {
    const changes = { lease: 'of another', worker: 'another', attempts: sql<number>`attempts + 1` }
    await store.run(db => db.updateTable('jobs').set(changes).where('id', '=', Number(id)).execute())
  }

  async function untilAborted(id: string, signal: AbortSignal): Promise<Outcome> {
    await once(signal, 'abort')
    aborted.push(id)
    const error = { code: 'DYN_CALL_FAILED', message: 'an abort' }
    return { kind: 'retry', at: clock.now() + 1000, error, countsAsAttempt: true }
  }
}

/** A queue in SQLite, on the clock of the test. */
export async function openQueue(t: Test, clock: Pick<ManualClock, 'now'>) {
  const store = await openStore({ dataDir: folder(t) })
  t.teardown(store.close)
  const queue = createQueue(store, { now: clock.now })
  return { store, rows, ...faulty(queue) }

  /** All jobs in the order added. */
  async function rows(): Promise<Job[]> {
    return (await queue.list({ limit: 500 })).reverse()
  }
}

/** The queue with a switch that makes it fail, and a list of the calls it got. */
function faulty(queue: Queue) {
  const fault = { isAway: false }
  const calls: string[] = []
  const asked = Object.entries(queue).map(([name, method]) => [
    name,
    /^on[A-Z]/.test(name) ? method : (...given: unknown[]) => ask(name, method, given),
  ])
  return { queue: Object.fromEntries(asked) as Queue, fault, calls }

  async function ask(name: string, method: unknown, given: unknown[]): Promise<unknown> {
    calls.push(name)
    if (fault.isAway) throw createError('DYN_STORE_FAILED', { store: 'a test', got: 'ECONNREFUSED' })
    return (method as (...given: unknown[]) => Promise<unknown>)(...given)
  }
}

export function sendTo(addressee: string): NewDelivery {
  return { operation: 'sending.sendContent', page, addressee, params: contentOf('Hello') }
}
