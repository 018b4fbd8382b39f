import type { Clock } from '../manychat/clock.ts'
import type { Lease, Queue } from './send.ts'

export interface LeaseKeeperOptions {
  queue: Pick<Queue, 'extend'>
  clock: Clock
  /** How long a lease lasts; it is prolonged six times within. */
  leaseMs: number
  /** Is told of each lease that was lost. */
  onLost(lease: Lease): void
}

export interface KeptLease {
  /** Aborts when the lease is lost, or may be: somebody else may work on the send from then on. */
  signal: AbortSignal
  abort(): void
  /** Ends the keeping; to be called whatever the end was. */
  drop(): void
}

interface Kept {
  lease: Lease
  controller: AbortController
  /** By our clock, counted from before the store was asked. */
  until: number
  /** Whether the store is being asked. */
  asking: boolean
}

export type LeaseKeeper = ReturnType<typeof createLeaseKeeper>

/** Prolongs the leases of this process for as long as they are worked on. */
export function createLeaseKeeper({ queue, clock, leaseMs, onLost }: LeaseKeeperOptions) {
  const beatMs = leaseMs / 6
  const all = new Set<Kept>()
  const ended = new AbortController()
  let isBeating = false
  return { keep, stop }

  /** @param since when the store was asked for the lease */
  function keep(lease: Lease, since: number): KeptLease {
    const controller = new AbortController()
    const kept: Kept = { lease, controller, until: since + leaseMs, asking: false }
    all.add(kept)
    if (!isBeating) void beat()
    return { signal: controller.signal, abort: () => controller.abort(), drop: () => void all.delete(kept) }
  }

  /** Ends the beat at once. */
  function stop(): void {
    ended.abort()
  }

  async function beat(): Promise<void> {
    isBeating = true
    while (all.size > 0) {
      try {
        await clock.sleep(beatMs, ended.signal)
      } catch {
        break
      }
      for (const kept of all) {
        // Before it runs out: from then on another process may begin the same.
        if (kept.until - clock.now() <= beatMs) lose(kept)
        else if (!kept.asking) void extend(kept)
      }
    }
    isBeating = false
  }

  async function extend(kept: Kept): Promise<void> {
    const since = clock.now()
    kept.asking = true
    try {
      if (await queue.extend(kept.lease, leaseMs)) kept.until = since + leaseMs
      else if (all.has(kept)) lose(kept)
    } catch {
      // The store is away. There is time until the lease runs out.
    }
    kept.asking = false
  }

  function lose(kept: Kept): void {
    all.delete(kept)
    kept.controller.abort()
    onLost(kept.lease)
  }
}
