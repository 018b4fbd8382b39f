import type { Line } from '../queue/job.ts'
import { lineOf } from '../queue/rows.ts'

export interface PacingOptions {
  /** Calls a second that the operation may take. */
  rpsOf(operation: string): number
  /** Milliseconds since 1970. */
  now(): number
}

/** Once 500 ms of work is begun ahead, claim no more until only 250 ms is left: then several are claimed at once. */
const fullMs = 500
const hungryMs = 250
/** What is further ahead would be refused by the rate limits, which allow a second. */
const refusedMs = 900
/** A refusal may concern one contact only, so the line rests just long enough for the platform's second to pass. */
const shortestRestMs = 250
const longestRestMs = 1000

interface State {
  line: string
  /** When the slot behind those that are known of is. */
  nextAt: number
  /** Nothing is claimed before. */
  fullUntil: number
  /** The platform takes nothing before. */
  limitedUntil: number
  timesLimited: number
}

/**
 * What each operation of each page can take now, as far as this process knows: so that it claims only what can go. The
 * exact slots are the rate limits' matter; here they are guessed from what was begun, and corrected by what was refused.
 */
export function createPacing({ rpsOf, now }: PacingOptions) {
  const states = new Map<string, State>()
  return { begin, canBegin, worked, crowded, limited, opensAt, full, nextOpensAt }

  /** A call of that line is begun. */
  function begin(line: Line): void {
    const state = stateOf(line)
    moveTo(state, Math.max(state.nextAt, now()) + 1000 / rpsOf(line.operation))
  }

  /** Whether what was claimed can go within a second. */
  function canBegin(line: Line): boolean {
    const { nextAt, limitedUntil } = stateOf(line)
    return limitedUntil <= now() && nextAt - now() <= refusedMs
  }

  function worked(line: Line): void {
    stateOf(line).timesLimited = 0
  }

  /** Our own rate refused, since others use the line too; it named its next slot. */
  function crowded(line: Line, slotAt: number): void {
    const state = stateOf(line)
    // A contact's own limit, of an hour, says nothing about the line.
    moveTo(state, Math.max(state.nextAt, Math.min(slotAt, now() + 2 * fullMs)))
  }

  /** The platform refused. */
  function limited(line: Line): void {
    const state = stateOf(line)
    // The answers to what was on its way already are no further sign.
    if (state.limitedUntil > now()) return
    state.limitedUntil = now() + Math.min(longestRestMs, shortestRestMs * 2 ** state.timesLimited++)
  }

  /** When to claim of the line again. */
  function opensAt(line: Line): number {
    return opening(stateOf(line))
  }

  /** The lines that should be left alone now, by name. */
  function full(): string[] {
    forgetIdle()
    return [...states.values()].filter(state => opening(state) > now()).map(({ line }) => line)
  }

  /** When each line that is full now opens. */
  function nextOpensAt(): number[] {
    return [...states.values()].map(opening).filter(at => at > now())
  }

  function opening({ fullUntil, limitedUntil }: State): number {
    return Math.max(fullUntil, limitedUntil)
  }

  function moveTo(state: State, nextAt: number): void {
    state.nextAt = nextAt
    if (nextAt - now() >= fullMs) state.fullUntil = nextAt - hungryMs
  }

  function stateOf(of: Line): State {
    const line = lineOf(of)
    const known = states.get(line)
    if (known) return known
    const state = { line, nextAt: 0, fullUntil: 0, limitedUntil: 0, timesLimited: 0 }
    states.set(line, state)
    return state
  }

  /** Pages come and go; what holds nobody up is forgotten. */
  function forgetIdle(): void {
    const time = now()
    for (const [line, { nextAt, limitedUntil, timesLimited }] of states) {
      if (nextAt <= time && limitedUntil <= time && timesLimited === 0) states.delete(line)
    }
  }
}
