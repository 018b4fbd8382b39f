import { type Clock, systemClock } from './clock.ts'

/**
 * How often something may happen. Calls under the same `name` share the rate: evenly spaced by `perSecond`, or at most
 * `count` in any `windowMs`.
 */
export type Rate = { name: string } & ({ perSecond: number } | { count: number; windowMs: number })

export interface Reservation {
  /** false: nothing was reserved, and `waitMs` says when to ask again. */
  granted: boolean
  /** Milliseconds from now to the slot; below zero when it has passed while the answer was on its way. */
  waitMs: number
}

/**
 * Who keeps the rates: this process, or a store that several share. A slot that was reserved is used or lost, never given
 * back, as others stand in line behind it.
 */
export interface RateLimits {
  /** Reserves the next slot that all the rates allow, unless it is further away than `maxWaitMs` or a window is full. */
  reserve(rates: readonly Rate[], maxWaitMs: number): Promise<Reservation>
  /** Lets nobody through before that time, in milliseconds since 1970: the service itself said that the limit is reached. */
  slowDown?(name: string, untilMs: number): Promise<void>
  /** Moves on those who reserve from now on: a call left so many milliseconds late, and they would catch up with it. */
  postpone?(name: string, byMs: number): Promise<void>
}

/** For whoever looks after a page that is over its limits. Source: ManyChat's help page on the limits of its API. */
export const lockOutRemedy =
  'Find out what else uses the key of the page: ManyChat may stop processing requests of a page over its limits for 24 hours.'

export interface RateLimitsOptions {
  /** The share of each documented rate that is used; default 0.93, for the reason that `defaultShare` gives. */
  share?: number
  clock?: Clock
}

/**
 * Calls arrive a little earlier or later than they leave: timers are late, and the first calls open connections. At this
 * share as many as are allowed take 75 ms longer than the second in which one more would be refused.
 */
export const defaultShare = 0.93

/** A call that left at the end of a window may arrive after it, so windows are taken a little longer. */
export const windowSlackMs = 1000
const reservationsBetweenSweeps = 1000

/** Rates kept in this process: exact slots, `next = max(next, now) + 1 / rate`, so that no second holds too many. */
export function createRateLimits({
  share = defaultShare,
  clock = systemClock,
}: RateLimitsOptions = {}): Required<RateLimits> {
  /** When the next call of each line may leave. */
  const lines = new Map<string, number>()
  const windows = new Map<string, { times: number[]; endsAt: number }>()
  let reservations = 0
  return { reserve, slowDown, postpone }

  async function reserve(rates: readonly Rate[], maxWaitMs: number): Promise<Reservation> {
    const now = clock.now()
    if (++reservations % reservationsBetweenSweeps === 0) sweep(now)
    const fullForMs = Math.max(0, ...rates.map(rate => windowFullUntil(rate, now) - now))
    // A window is not waited for: the line of the page would wait with it.
    if (fullForMs > 0) return { granted: false, waitMs: fullForMs }
    const at = Math.max(now, ...rates.map(({ name }) => lines.get(name) ?? now))
    if (at - now > maxWaitMs) return { granted: false, waitMs: at - now }
    for (const rate of rates) take(rate, at)
    return { granted: true, waitMs: at - now }
  }

  function windowFullUntil(rate: Rate, now: number): number {
    if (!('count' in rate)) return now
    const times = windows.get(rate.name)?.times ?? []
    return (times.at(-rate.count) ?? Number.NEGATIVE_INFINITY) + rate.windowMs + windowSlackMs
  }

  function take(rate: Rate, at: number): void {
    if ('perSecond' in rate) {
      lines.set(rate.name, at + 1000 / (rate.perSecond * share))
      return
    }
    const times = windows.get(rate.name)?.times ?? []
    windows.set(rate.name, {
      times: [...times, at].slice(-rate.count),
      endsAt: at + rate.windowMs + windowSlackMs,
    })
  }

  async function slowDown(name: string, untilMs: number): Promise<void> {
    lines.set(name, Math.max(lines.get(name) ?? untilMs, untilMs))
  }

  async function postpone(name: string, byMs: number): Promise<void> {
    const nextAt = lines.get(name)
    if (nextAt !== undefined) lines.set(name, nextAt + byMs)
  }

  /** Forgets what no longer holds anybody up: names come and go with subscribers. */
  function sweep(now: number): void {
    for (const [name, nextAt] of lines) if (nextAt <= now) lines.delete(name)
    for (const [name, { endsAt }] of windows) if (endsAt <= now) windows.delete(name)
  }
}
