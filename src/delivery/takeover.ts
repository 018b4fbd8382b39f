import type { Clock } from '../outbound/clock.ts'
import type { Lease, Queue } from '../queue/job.ts'

type HeldLease = Pick<Lease, 'id' | 'lease'>

export interface TakeoverOptions {
  /** Throws while the store isn't open. */
  queue(): Pick<Queue, 'holders' | 'recover' | 'release'>
  clock: Clock
  leaseMs: number
}

export interface Seen {
  /** The name under which this process beats. */
  worker: string
  /** Leases that the store gave to this process, and that it doesn't work on. */
  unknown: ReadonlyMap<string, HeldLease>
}

export type Takeover = ReturnType<typeof createTakeover>

/**
 * Gives back what nobody works on: leases of processes that no longer beat, and those of this one whose announcement never
 * came. It can take as long as the store likes, so it runs beside the heartbeat, once at a time.
 */
export function createTakeover({ queue, clock, leaseMs }: TakeoverOptions) {
  const watched = new Map<string, { beat: number | null; since: number }>()
  const unclaimed = new Map<string, number>()
  let running: Promise<void> | undefined
  return { begin, ended: async () => running }

  /** After each beat. What fails is tried again with the next. */
  function begin(seen: Seen): void {
    running ??= takeOver(seen)
      .catch(() => undefined)
      .finally(() => {
        running = undefined
      })
  }

  async function takeOver({ worker, unknown }: Seen): Promise<void> {
    await giveBackUnclaimed(unknown)
    await recoverSilent(worker)
  }

  /** The connection broke while a claim was answered, and this process goes on beating. */
  async function giveBackUnclaimed(unknown: Seen['unknown']): Promise<void> {
    for (const key of unclaimed.keys()) if (!unknown.has(key)) unclaimed.delete(key)
    for (const [key, lease] of unknown) {
      const since = unclaimed.get(key) ?? clock.now()
      unclaimed.set(key, since)
      if (clock.now() - since >= leaseMs) await queue().release(lease, false)
    }
  }

  async function recoverSilent(worker: string): Promise<void> {
    const holders = (await queue().holders()).filter(holder => holder.worker !== worker)
    for (const name of watched.keys()) if (!holders.some(holder => holder.worker === name)) watched.delete(name)
    for (const { worker: name, beat } of holders) {
      const seen = watched.get(name)
      if (seen?.beat !== beat || seen === undefined) watched.set(name, { beat, since: clock.now() })
      else if (clock.now() - seen.since >= leaseMs) await queue().recover({ worker: name, beat })
    }
  }
}
