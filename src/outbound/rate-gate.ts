import type { Clock } from './clock.ts'
import type { Rate, RateLimits, Reservation } from './limits.ts'

export interface RateGateOptions {
  limits: RateLimits
  clock: Clock
  maxWaitMs: number
}

/** The services count calls in any second, by when they arrive. */
const windowMs = 1000
/** How long a call may take to arrive; `defaultShare` leaves a little more. */
const arrivalMs = 60
/** The same after a pause: the calls open connections first. */
const coldArrivalMs = 120
/** Node's fetch closes a connection that was idle for 4 s. */
const coldAfterMs = 4000
/** A call that is later than its slot by more than `defaultShare` leaves moves on those of other processes too. */
const slackMs = 75
/** Beyond a second nobody catches up. */
const longestMoveMs = 1000

interface Line {
  name: string
  /** How many calls the service takes in a second. */
  count: number
  /** When the last `count` calls will have arrived, the oldest first. */
  arrivals: number[]
  /** How many calls may still have to open a connection. */
  cold: number
  leftAt: number
  /** By how much it has been moved on so far. */
  movedMs: number
  /** Resolves when the last call that is waiting has left. */
  last: Promise<void>
}

/**
 * Lets each call leave in its slot, and never more within a second than the service takes. A process that was held up has
 * several calls that are late at once: they catch up as far as that allows.
 */
export function createRateGate({ limits, clock, maxWaitMs }: RateGateOptions) {
  const lines = new Map<string, Line>()
  return { wait }

  /** Resolves when the call may leave, or when it was refused; rejects when the signal is aborted. */
  async function wait(rates: readonly Rate[], signal: AbortSignal | undefined): Promise<Reservation> {
    const line = lineOf(rates)
    const movedBefore = line?.movedMs ?? 0
    const reservation = await limits.reserve(rates, maxWaitMs)
    if (!reservation.granted) return reservation
    const dueAt = clock.now() + reservation.waitMs
    signal?.throwIfAborted()
    if (reservation.waitMs > 0) await clock.sleep(reservation.waitMs, signal)
    if (!line) return reservation
    await leave(line, signal)
    // The calls that are late together move the line once.
    const lateMs = Math.min(line.leftAt - dueAt - slackMs, longestMoveMs)
    const byMs = lateMs - (line.movedMs - movedBefore)
    if (byMs > 0) moveOn(line, byMs)
    return reservation
  }

  /** Behind the calls that already wait, and a second after the call that it would otherwise be one too many for. */
  function leave(line: Line, signal: AbortSignal | undefined): Promise<void> {
    const turn = line.last.then(async () => {
      const [oldest = Number.NEGATIVE_INFINITY] = line.arrivals.length < line.count ? [] : line.arrivals
      const waitMs = oldest + windowMs - clock.now()
      if (waitMs > 0) await clock.sleep(waitMs, signal)
      signal?.throwIfAborted()
      noteDeparture(line, clock.now())
    })
    line.last = turn.catch(() => undefined)
    return turn
  }

  function noteDeparture(line: Line, now: number): void {
    if (now - line.leftAt > coldAfterMs) line.cold = line.count
    line.arrivals.push(now + (line.cold > 0 ? coldArrivalMs : arrivalMs))
    if (line.arrivals.length > line.count) line.arrivals.shift()
    if (line.cold > 0) line.cold--
    line.leftAt = now
  }

  function lineOf(rates: readonly Rate[]): Line | undefined {
    const rate = rates.find(rate => 'perSecond' in rate)
    if (!rate) return undefined
    const known = lines.get(rate.name)
    if (known) return known
    const line = {
      name: rate.name,
      count: Math.max(1, Math.floor(rate.perSecond)),
      arrivals: [],
      cold: 0,
      leftAt: Number.NEGATIVE_INFINITY,
      movedMs: 0,
      last: Promise.resolve(),
    }
    lines.set(rate.name, line)
    return line
  }

  function moveOn(line: Line, byMs: number): void {
    line.movedMs += byMs
    limits.postpone?.(line.name, byMs).catch(() => undefined)
  }
}
