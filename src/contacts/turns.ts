/**
 * Whose turn it is in a room. Calls of one process wait in line; over several processes the store decides, under a lease:
 * the turn of a process that went silent is free for others, and whatever it still wants to store in it is refused.
 */
import type { Clock } from '../outbound/clock.ts'
import { createLines } from './lines.ts'
import { keyOf, type Room } from './room.ts'
import type { RoomStore } from './room-store.ts'

export interface TurnsOptions {
  /** Throws while the store isn't open. */
  rooms(): Pick<RoomStore, 'take' | 'renew' | 'free'>
  clock: Clock
  /** How long a process may be silent before others take its turns; it renews them six times within. */
  leaseMs: number
}

/** A turn that was taken. */
export interface Taken {
  room: Room
  /** Ends it in the store, too; never rejects. */
  free(): Promise<void>
  /** It has ended in the store. */
  ended(): void
}

export type Turns = ReturnType<typeof createTurns>

/** How often a turn that another process has is asked for: at first, and after a while. */
const [firstPauseMs, longestPauseMs] = [5, 50]

export function createTurns({ rooms, clock, leaseMs }: TurnsOptions) {
  const lines = createLines()
  /** Of calls, by their ids. */
  const held = new Set<string>()
  let renewing: NodeJS.Timeout | undefined
  return { take, settled: lines.settled }

  /**
   * Resolves when it is the call's turn.
   *
   * @throws the reason of the signal, when it aborts first; `DYN_STORE_FAILED`
   */
  async function take(room: Room, call: string, signal: AbortSignal): Promise<Taken> {
    rooms()
    const leave = await lines.join(keyOf(room), signal)
    try {
      for (let pauseMs = firstPauseMs; !(await rooms().take(room, call, leaseMs)); ) {
        await clock.sleep(pauseMs * (0.5 + Math.random()), signal)
        pauseMs = Math.min(longestPauseMs, pauseMs * 2)
      }
    } catch (error) {
      leave()
      throw error
    }
    hold(call)
    return { room, free, ended }

    async function free(): Promise<void> {
      drop(call)
      // What can't be told ends with the lease.
      await (async () => rooms().free(room, call))().catch(() => undefined)
      leave()
    }

    function ended(): void {
      drop(call)
      leave()
    }
  }

  function hold(call: string): void {
    held.add(call)
    renewing ??= setInterval(renew, leaseMs / 6).unref()
  }

  function drop(call: string): void {
    held.delete(call)
    if (held.size > 0) return
    clearInterval(renewing)
    renewing = undefined
  }

  /** What can't be told is tried again the next time; meanwhile the lease may end. */
  function renew(): void {
    void (async () => rooms().renew([...held], leaseMs))().catch(() => undefined)
  }
}
