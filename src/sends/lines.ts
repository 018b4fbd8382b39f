import type { Line } from './send.ts'

export interface LinesOptions {
  /** Calls a second that the operation may take. */
  rpsOf(operation: string): number
  /** Milliseconds since 1970. */
  now(): number
}

/** A line that is begun so far ahead is left alone, until it is down to so much: then several are claimed at once. */
const fullMs = 500
const hungryMs = 250
/** What is further ahead would be refused by the rate limits, which allow a second. */
const refusedMs = 900
const slowestFactor = 16
const recovery = 0.9

interface State {
  line: Line
  /** When the slot behind those that are known of is. */
  nextAt: number
  /** Nothing is claimed before. */
  fullUntil: number
  /** The platform takes nothing before. */
  limitedUntil: number
  timesLimited: number
  /** How many times slower than the rate. */
  slowness: number
}

/**
 * What each operation of each page can take now, as far as this process knows: so that it claims only what can go. The
 * exact slots are the rate limits' matter; here they are guessed from what was begun, and corrected by what was refused.
 */
export function createLines({ rpsOf, now }: LinesOptions) {
  const states = new Map<string, State>()
  return { begin, canBegin, worked, crowded, limited, timesLimited, opensAt, full }

  /** A call of that line is begun. */
  function begin(line: Line): void {
    const state = stateOf(line)
    moveTo(state, Math.max(state.nextAt, now()) + (1000 / rpsOf(line.operation)) * state.slowness)
  }

  /** Whether what was claimed can go within a second. */
  function canBegin(line: Line): boolean {
    const { nextAt, limitedUntil } = stateOf(line)
    return limitedUntil <= now() && nextAt - now() <= refusedMs
  }

  function worked(line: Line): void {
    const state = stateOf(line)
    state.timesLimited = 0
    state.slowness = Math.max(1, state.slowness * recovery)
  }

  /** Our own rate refused, since others use the line too; it named its next slot. */
  function crowded(line: Line, slotAt: number): void {
    const state = stateOf(line)
    // A contact's own limit, of an hour, says nothing about the line.
    moveTo(state, Math.max(state.nextAt, Math.min(slotAt, now() + 2 * fullMs)))
  }

  /** The platform refused: nothing more until then, and half as fast afterwards, for a while. */
  function limited(line: Line, until: number): void {
    const state = stateOf(line)
    // The answers to what was on its way already are no further sign.
    const isNews = state.limitedUntil <= now()
    state.limitedUntil = Math.max(state.limitedUntil, until)
    if (!isNews) return
    state.timesLimited++
    state.slowness = Math.min(slowestFactor, state.slowness * 2)
  }

  function timesLimited(line: Line): number {
    return stateOf(line).timesLimited
  }

  /** When to claim of the line again. */
  function opensAt(line: Line): number {
    const { fullUntil, limitedUntil } = stateOf(line)
    return Math.max(fullUntil, limitedUntil)
  }

  /** The lines that should be left alone now. */
  function full(): Line[] {
    forgetIdle()
    return [...states.values()].map(({ line }) => line).filter(line => opensAt(line) > now())
  }

  function moveTo(state: State, nextAt: number): void {
    state.nextAt = nextAt
    if (nextAt - now() >= fullMs) state.fullUntil = nextAt - hungryMs
  }

  function stateOf({ page, operation }: Line): State {
    const key = JSON.stringify([page, operation])
    const known = states.get(key)
    if (known) return known
    const line = { page, operation }
    const state = { line, nextAt: 0, fullUntil: 0, limitedUntil: 0, timesLimited: 0, slowness: 1 }
    states.set(key, state)
    return state
  }

  /** Pages come and go; what holds nobody up is forgotten. */
  function forgetIdle(): void {
    const time = now()
    for (const [key, { nextAt, limitedUntil, slowness }] of states) {
      if (nextAt <= time && limitedUntil <= time && slowness === 1) states.delete(key)
    }
  }
}
