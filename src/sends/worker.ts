import { type Clock, systemClock } from '../manychat/clock.ts'
import { createBell } from './bell.ts'
import { createLeaseKeeper, type KeptLease } from './lease-keeper.ts'
import { createLines } from './lines.ts'
import type { SendMetrics } from './metrics.ts'
import { sendOperations } from './operations.ts'
import type { Outcome } from './outcome.ts'
import type { Perform } from './perform.ts'
import type { Lease, Line, Queue } from './send.ts'
import { createStoreWatch, type WorkerLog } from './store-watch.ts'

export interface WorkerOptions {
  queue: Queue
  perform: Perform
  /** Names this worker in the store; no other may have the name. */
  name: string
  metrics: Pick<SendMetrics, 'count'>
  /** Is told of ids, operations and codes, no text. */
  log: WorkerLog
  clock?: Clock
  /** How many calls may be on their way; default 200. */
  concurrency?: number
  /** How many of them for one page, so that one that hangs leaves the others theirs; default 50. */
  pageConcurrency?: number
  /** Default 30000. */
  leaseMs?: number
  /** How often an idle worker asks the store; default 500. */
  pollMs?: number
  /** How long `stop()` lets what runs go on; default 10000. */
  drainMs?: number
}

/** So many are claimed at once: a line may turn out to be full with the next. */
const batch = 10
const longestPauseMs = 5000
const breathMs = 20
/** How long what was aborted may take to end. */
const abortMs = 1000

export type Worker = ReturnType<typeof createWorker>

/** Carries out what is in the queue, until it is stopped. */
export function createWorker({
  queue,
  perform,
  name,
  metrics,
  log,
  clock = systemClock,
  concurrency = 200,
  pageConcurrency = 50,
  leaseMs = 30_000,
  pollMs = 500,
  drainMs = 10_000,
}: WorkerOptions) {
  const { now } = clock
  const lines = createLines({ now, rpsOf: operation => sendOperations.get(operation)?.rps ?? 10 })
  const keeper = createLeaseKeeper({ queue, clock, leaseMs, onLost: () => metrics.count('lostLeases', {}) })
  const bell = createBell(clock)
  const store = createStoreWatch({ clock, log, onCaughtUp: bell.ring })
  const running = new Map<Promise<void>, { page: string | null; kept: KeptLease }>()
  let looping: Promise<void> | undefined
  let unsubscribe = () => {}
  let isStopping = false
  let isAboutToRing = false
  return { start, stop, keep: keeper.keep, wake: bell.ring, persist: store.persist }

  function start(): void {
    unsubscribe = queue.onAdded(bell.ring)
    looping = loop()
  }

  /** Takes nothing more, lets what runs end within the drain time, and resolves when nothing runs. */
  async function stop(): Promise<void> {
    isStopping = true
    unsubscribe()
    bell.ring()
    await looping
    await runsEnd(drainMs)
    // What is aborted says at once what became of it, and storing that is tried once.
    store.giveUp()
    for (const { kept } of running.values()) kept.abort()
    await runsEnd(abortMs)
    keeper.stop()
  }

  /** Resolves when nothing runs, or after that time. */
  async function runsEnd(withinMs: number): Promise<void> {
    const ended = new AbortController()
    const patience = clock.sleep(withinMs, ended.signal).catch(() => undefined)
    await Promise.race([Promise.all(running.keys()), patience])
    ended.abort()
  }

  async function loop(): Promise<void> {
    while (!isStopping) {
      const pauseMs = await take()
      if (pauseMs > 0) await bell.wait(pauseMs)
    }
  }

  /** Claims once, and says how long there is nothing to do unless the bell rings. */
  async function take(): Promise<number> {
    bell.clear()
    const limit = Math.min(batch, concurrency - running.size)
    // Each that ends rings.
    if (limit === 0) return longestPauseMs
    const since = now()
    try {
      if (store.isBehind()) return await awaitTurn()
      const leases = await queue.claim({ worker: name, limit, leaseMs, skip: [...lines.full(), ...listFullPages()] })
      store.answered()
      for (const lease of leases) begin(lease, since)
      return leases.length === limit ? 0 : await pauseUntilDue()
    } catch (error) {
      return store.failed(error)
    }
  }

  /** What is known and not stored yet goes first: its leases may be over, and it would be done again. */
  async function awaitTurn(): Promise<number> {
    await queue.nextDueAt()
    store.answered()
    return longestPauseMs
  }

  /** Never shorter than the poll for what is due and can't go: it may be anybody's turn but ours. */
  async function pauseUntilDue(): Promise<number> {
    const times = [await queue.nextDueAt(), ...lines.full().map(lines.opensAt)]
    const ahead = times.flatMap(at => (at !== null && at > now() ? Math.ceil(at - now()) : []))
    return Math.min(pollMs, ...ahead)
  }

  function begin(lease: Lease, since: number): void {
    const kept = keeper.keep(lease, since)
    const work = !isStopping && lines.canBegin(lease) ? carryOut(lease, kept) : giveBack(lease)
    const run = work
      .catch(err => log.error({ err, id: lease.id }, 'a send was not carried out'))
      .finally(() => {
        kept.drop()
        running.delete(run)
        void ringSoon()
      })
    running.set(run, { page: lease.page, kept })
  }

  /** What several that end together make room for is claimed together. */
  async function ringSoon(): Promise<void> {
    if (isAboutToRing) return
    isAboutToRing = true
    await clock.sleep(breathMs)
    isAboutToRing = false
    bell.ring()
  }

  /** Claimed together with what has filled its line, or while the worker was told to stop. */
  async function giveBack(lease: Lease): Promise<void> {
    const at = lines.opensAt(lease)
    await store.persist(() =>
      at > now() ? queue.retryAt(lease, Math.ceil(at), lease.lastError, false) : queue.release(lease),
    )
  }

  async function carryOut(lease: Lease, kept: KeptLease): Promise<void> {
    lines.begin(lease)
    const { signal } = kept
    const timesLimited = lines.timesLimited(lease) + 1
    const outcome = await perform(lease, {
      signal,
      timesLimited,
      keep: params => store.persist(() => queue.setParams(lease, params)),
    })
    if (outcome === null) return
    note(lease, outcome)
    const isOurs = await store.persist(() => settle(lease, outcome))
    if (!isOurs && !signal.aborted) metrics.count('lostLeases', {})
  }

  function note(lease: Lease, outcome: Outcome): void {
    const { id, operation, page, attempts } = lease
    metrics.count('attempts', { operation, outcome: outcome.kind })
    if (outcome.kind === 'done') lines.worked(lease)
    else if (outcome.kind === 'retry' && outcome.limit === 'platform') lines.limited(lease, outcome.at)
    else if (outcome.kind === 'retry' && outcome.limit === 'ours') lines.crowded(lease, outcome.at)
    if (outcome.kind === 'bury') {
      log.error({ id, operation, page, attempts, code: outcome.error.code }, 'a send is dead')
    }
  }

  function settle(lease: Lease, outcome: Outcome): Promise<boolean> {
    if (outcome.kind === 'done') return queue.finish(lease)
    if (outcome.kind !== 'retry') return queue.bury(lease, outcome.error)
    return queue.retryAt(lease, outcome.at, outcome.error, outcome.countsAsAttempt)
  }

  function listFullPages(): Line[] {
    const counts = Map.groupBy(running.values(), ({ page }) => page)
    return [...counts]
      .filter(([, runs]) => runs.length >= pageConcurrency)
      .flatMap(([page]) => [...sendOperations.keys()].map(operation => ({ page, operation })))
  }
}
