import { type Clock, systemClock } from '../outbound/clock.ts'
import type { ClaimOptions, JobKind, Lease, Queue } from '../queue/job.ts'
import type { Heartbeat, KeptLease } from './heartbeat.ts'
import type { Outage, WorkerLog } from './outage.ts'
import { describeError } from './retry-policy.ts'
import { createWakeUp } from './wake-up.ts'

/** One kind of work, and how it is done. */
export interface Work {
  kind: JobKind
  /** How many may be under way. */
  concurrency: number
  /** How long one that runs may go on when the server ends. */
  drainMs(lease: Lease): number
  /** What can't be taken now. */
  limits(): Pick<ClaimOptions, 'skip' | 'knows'>
  /** When some of it can be taken again, in milliseconds since 1970. */
  opensAt(): number[]
  /** Carries out what was claimed, and stores what became of it. */
  carryOut(lease: Lease, kept: KeptLease): Promise<void>
}

export interface WorkerOptions {
  /** Throws while the store isn't open. */
  queue(): Pick<Queue, 'claim' | 'nextDueAt' | 'release' | 'kill' | 'onAdded'>
  work: Work
  heartbeat: Pick<Heartbeat, 'ready' | 'keep' | 'worker'>
  outage: Pick<Outage, 'answered' | 'failed' | 'persist' | 'isBehind' | 'onCaughtUp'>
  /** Is given ids and codes, no text. */
  log: WorkerLog
  clock?: Clock
  /** How often an idle worker asks the store; default 500. */
  pollMs?: number
}

/** How long calls under way may take when the server ends, but for those that `mediaDrainMs` is for. */
export const drainMs = 5000

/** So many are claimed at once: a line may turn out to be full with the next. */
const batch = 10
const longestPauseMs = 5000
const breathMs = 20
/** How long what was aborted may take to end. */
const abortMs = 1000

interface Running {
  lease: Lease
  kept: KeptLease
}

export type Worker = ReturnType<typeof createWorker>

/** Claims jobs of one kind and carries them out, until it is stopped. */
export function createWorker({
  queue,
  work,
  heartbeat,
  outage,
  log,
  clock = systemClock,
  pollMs = 500,
}: WorkerOptions) {
  const { now } = clock
  const wakeUp = createWakeUp(clock)
  const running = new Map<Promise<void>, Running>()
  let looping: Promise<void> | undefined
  let unsubscribe: (() => void)[] = []
  let isStopping = false
  let isAboutToWake = false
  return { start, takeNoMore, stop, abort }

  /** Once the store is open. */
  function start(): void {
    unsubscribe = [queue().onAdded(wakeUp.call), outage.onCaughtUp(wakeUp.call)]
    looping = loop()
  }

  /** What runs goes on. */
  function takeNoMore(): void {
    isStopping = true
    for (const end of unsubscribe) end()
    wakeUp.call()
  }

  /** Takes nothing more, and resolves when each that runs has ended or has no more time. */
  async function stop(): Promise<void> {
    takeNoMore()
    await looping
    await Promise.all([...running].map(([run, { lease }]) => ends(run, work.drainMs(lease))))
  }

  /** Aborts what runs still, and lets it tell at once what became of it. */
  async function abort(): Promise<void> {
    for (const { kept } of running.values()) kept.abort()
    await ends(Promise.all(running.keys()), abortMs)
  }

  /** Resolves when that has ended, or after that time. */
  async function ends(run: Promise<unknown>, withinMs: number): Promise<void> {
    const ended = new AbortController()
    const patience = clock.sleep(withinMs, ended.signal).catch(() => undefined)
    await Promise.race([run, patience])
    ended.abort()
  }

  async function loop(): Promise<void> {
    while (!isStopping) {
      const pauseMs = await take()
      if (pauseMs > 0) await wakeUp.wait(pauseMs)
    }
  }

  /** Claims once, and returns how long there is nothing to do unless something wakes it. */
  async function take(): Promise<number> {
    wakeUp.clear()
    const limit = Math.min(batch, work.concurrency - running.size)
    // Each that ends wakes it.
    if (limit === 0) return longestPauseMs
    try {
      if (outage.isBehind()) return await awaitTurn()
      await heartbeat.ready()
      const leases = await queue().claim({ kind: work.kind, worker: heartbeat.worker(), limit, ...work.limits() })
      outage.answered()
      for (const lease of leases) begin(lease)
      return leases.length === limit ? 0 : await pauseUntilDue()
    } catch (error) {
      return outage.failed(error)
    }
  }

  /** What is known and not stored yet goes first: its leases may be over, and it would be done again. */
  async function awaitTurn(): Promise<number> {
    await queue().nextDueAt(work.kind)
    outage.answered()
    return longestPauseMs
  }

  /** Never shorter than the poll for what is due and can't go: it may be anybody's turn but ours. */
  async function pauseUntilDue(): Promise<number> {
    const times = [await queue().nextDueAt(work.kind), ...work.opensAt()]
    const ahead = times.flatMap(at => (at !== null && at > now() ? Math.ceil(at - now()) : []))
    return Math.min(pollMs, ...ahead)
  }

  function begin(lease: Lease): void {
    const kept = heartbeat.keep(lease)
    const run = carry(lease, kept)
      .catch(error => kill(lease, error))
      .finally(() => {
        kept.drop()
        running.delete(run)
        void wakeSoon()
      })
    running.set(run, { lease, kept })
  }

  async function carry(lease: Lease, kept: KeptLease): Promise<void> {
    if (kept.signal.aborted) return
    await (isStopping ? giveBack(lease) : work.carryOut(lease, kept))
  }

  /** An error of our own: another try would most likely end the same, and those behind it wait. */
  async function kill(lease: Lease, error: unknown): Promise<void> {
    log.error({ err: error, id: lease.id }, 'a job was not carried out')
    await outage.persist(() => queue().kill(lease, describeError(error)))
  }

  async function giveBack(lease: Lease): Promise<void> {
    await outage.persist(() => queue().release(lease, false))
  }

  /** What several that end together make room for is claimed together. */
  async function wakeSoon(): Promise<void> {
    if (isAboutToWake) return
    isAboutToWake = true
    await clock.sleep(breathMs)
    isAboutToWake = false
    wakeUp.call()
  }
}
