import type { Clock } from './clock.ts'
import type { Rate, RateLimits, Reservation } from './limits.ts'

export interface TurnsOptions {
  limits: RateLimits
  clock: Clock
  maxWaitMs: number
}

/** Timers are late by a few milliseconds. Less than what `defaultShare` leaves free. */
const slackMs = 4
/** Beyond a second nobody catches up. */
const longestMoveMs = 1000

/** Lets each call leave when it is its turn; those behind one that left late are moved on, or they would catch up with it. */
export function createTurns({ limits, clock, maxWaitMs }: TurnsOptions) {
  /** By how much lines have been moved on so far. */
  const moved = new Map<string, number>()
  return { wait }

  /** Resolves when the call may leave, or when it was refused; rejects when the signal is aborted. */
  async function wait(rates: readonly Rate[], signal: AbortSignal | undefined): Promise<Reservation> {
    const line = rates.find(rate => 'perSecond' in rate)?.name
    const movedBefore = movedBy(line)
    const reservation = await limits.reserve(rates, maxWaitMs)
    if (!reservation.granted) return reservation
    const dueAt = clock.now() + reservation.waitMs
    signal?.throwIfAborted()
    if (reservation.waitMs > 0) await clock.sleep(reservation.waitMs, signal)
    // A process that was held up is late with several at once: what one has moved on the others need not.
    const lateMs = Math.min(clock.now() - dueAt - slackMs, longestMoveMs)
    const byMs = lateMs - (movedBy(line) - movedBefore)
    if (line !== undefined && byMs > 0) moveOn(line, byMs)
    return reservation
  }

  function movedBy(line: string | undefined): number {
    return line === undefined ? 0 : (moved.get(line) ?? 0)
  }

  function moveOn(line: string, byMs: number): void {
    moved.set(line, movedBy(line) + byMs)
    limits.postpone?.(line, byMs).catch(() => undefined)
  }
}
