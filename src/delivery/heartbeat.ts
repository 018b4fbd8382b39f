import { randomUUID } from 'node:crypto'
import { createError } from '../errors/errors.ts'
import type { Clock } from '../outbound/clock.ts'
import type { Lease, Queue } from '../queue/job.ts'
import { createTakeover } from './takeover.ts'

export interface HeartbeatOptions {
  /** Throws while the store isn't open. */
  queue(): Pick<Queue, 'beat' | 'holders' | 'recover' | 'release' | 'leave' | 'onCancelled'>
  clock: Clock
  /** How long a worker may be silent before others take what it holds; it beats six times within. */
  leaseMs: number
  /** Called for each lease that was lost. */
  onLost(lease: Lease): void
}

export interface KeptLease {
  /** Aborts when the lease is lost, or may be: somebody else may work on the job from then on. */
  signal: AbortSignal
  abort(): void
  /** From here on there is nothing left to abort: what became of the job is being stored. */
  settle(): void
  /** Ends the keeping; to be called whatever the end was. */
  drop(): void
}

interface Kept {
  lease: Lease
  controller: AbortController
  isSettling: boolean
}

export type Heartbeat = ReturnType<typeof createHeartbeat>

/**
 * Tells the other processes that this one lives, and notices when another no longer does. Both measure by their own clocks,
 * which never jump: nobody's clock has to agree with another's.
 */
export function createHeartbeat({ queue, clock, leaseMs, onLost }: HeartbeatOptions) {
  const beatMs = leaseMs / 6
  const held = new Set<Kept>()
  const takeover = createTakeover({ queue, clock, leaseMs })
  const ended = new AbortController()
  /** A new one after each time that it may have been taken for dead: what it held is then left to whoever notices. */
  let worker = randomUUID()
  let aliveUntil = Number.NEGATIVE_INFINITY
  let beating: Promise<void> | undefined
  let unsubscribe = () => {}
  return { start, stop, ready, keep, isAlive, requireAlive, worker: () => worker }

  /** Once the store is open. */
  function start(): void {
    unsubscribe = queue().onCancelled(abortCancelled)
    void tick()
  }

  /** To be called when nothing is held. What is held all the same is taken over when others notice. */
  async function stop(): Promise<void> {
    ended.abort()
    unsubscribe()
    await beating?.catch(() => undefined)
    await takeover.ended()
    if (held.size === 0) await queue().leave(worker)
  }

  /** Resolves when leases may be taken. Rejects when the store fails. */
  async function ready(): Promise<void> {
    if (!isAlive()) await beat()
    // The beat under way may have been that of the name before.
    if (!isAlive()) await beat()
    requireAlive()
  }

  /** A lease whose announcement took so long that others may have taken it over is lost from the start. */
  function keep(lease: Lease): KeptLease {
    const kept: Kept = { lease, controller: new AbortController(), isSettling: false }
    held.add(kept)
    if (lease.worker !== worker || !isAlive()) lose(kept)
    return {
      signal: kept.controller.signal,
      abort: () => kept.controller.abort(),
      settle: () => {
        kept.isSettling = true
      },
      drop: () => void held.delete(kept),
    }
  }

  /** Whether nobody can have taken this process for dead. */
  function isAlive(): boolean {
    return clock.now() < aliveUntil
  }

  /** For right before a call leaves: the process may have been frozen since it took the lease. */
  function requireAlive(): void {
    if (!isAlive()) throw createError('DYN_LEASE_LOST')
  }

  async function tick(): Promise<void> {
    while (!ended.signal.aborted) {
      // Before it is over: from then on another process may begin the same.
      if (aliveUntil - clock.now() <= beatMs) loseAll()
      beat().catch(() => undefined)
      await clock.sleep(beatMs, ended.signal).catch(() => undefined)
    }
  }

  function beat(): Promise<void> {
    beating ??= beatOnce().finally(() => {
      beating = undefined
    })
    return beating
  }

  async function beatOnce(): Promise<void> {
    const since = clock.now()
    const as = worker
    const before = [...held]
    const leases = new Map((await queue().beat(as)).map(lease => [keyOf(lease), lease]))
    if (as === worker) aliveUntil = since + leaseMs
    for (const kept of before) {
      if (kept.lease.worker === as && held.has(kept) && !leases.has(keyOf(kept.lease))) lose(kept)
    }
    for (const { lease } of [...before, ...held]) leases.delete(keyOf(lease))
    takeover.begin({ worker: as, unknown: leases })
  }

  function abortCancelled(id: string): void {
    for (const kept of held) if (kept.lease.id === id) kept.controller.abort()
  }

  function loseAll(): void {
    worker = randomUUID()
    aliveUntil = Number.NEGATIVE_INFINITY
    for (const kept of held) lose(kept)
  }

  function lose(kept: Kept): void {
    if (kept.isSettling || kept.controller.signal.aborted) return
    kept.controller.abort()
    onLost(kept.lease)
  }
}

function keyOf({ id, lease }: Pick<Lease, 'id' | 'lease'>): string {
  return `${id} ${lease}`
}
