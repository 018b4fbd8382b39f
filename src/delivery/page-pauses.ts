/** Pages that the platform keeps refusing for its limits. Going on as before may have it refuse everything for a day. */
import type { Job } from '../queue/job.ts'

type Call = Pick<Job, 'page' | 'addressee'>

/** Over the limits for that long, and with several contacts, a page is paused: a single contact may have a limit of their own. */
const overMs = 120_000
const fewestAddressees = 3
/** Calls that work say that it is over only when nothing was refused for that long. */
const calmMs = 10_000
/** Longer than the longest backoff, so that refusals further apart have nothing to do with each other. */
const relatedMs = 600_000
const firstPauseMs = 300_000
const longestPauseMs = 3_600_000

interface State {
  overSince: number
  limitedAt: number
  addressees: Set<string | null>
  /** How often in a row it was paused. */
  pauses: number
  pausedUntil: number
}

export interface PagePausesOptions {
  /** Milliseconds since 1970. */
  now(): number
  onPaused(page: string | null, ms: number): void
}

export function createPagePauses({ now, onPaused }: PagePausesOptions) {
  const states = new Map<string | null, State>()
  return { limited, worked, allowance, opensAt, paused, nextOpensAt }

  /** The platform refused a call for its limit. */
  function limited({ page, addressee }: Call): void {
    const time = now()
    const state = stateOf(page, time)
    // The answers to what was on its way already are no further sign.
    if (state.pausedUntil > time) return
    state.limitedAt = time
    if (state.addressees.size < fewestAddressees) state.addressees.add(addressee)
    const isOver = time - state.overSince >= overMs && state.addressees.size >= fewestAddressees
    if (!isOver && state.pauses === 0) return
    const ms = Math.min(longestPauseMs, firstPauseMs * 2 ** state.pauses++)
    state.pausedUntil = time + ms
    onPaused(page, ms)
  }

  function worked({ page }: Pick<Call, 'page'>): void {
    const state = states.get(page)
    if (!state || state.pausedUntil > now()) return
    if (state.pauses > 0 || now() - state.limitedAt >= calmMs) states.delete(page)
  }

  /** How many calls of the page may be under way: after a pause a single one, until it works. */
  function allowance(page: string | null): number {
    const { pauses = 0, pausedUntil = 0 } = states.get(page) ?? {}
    if (pauses === 0) return Number.POSITIVE_INFINITY
    return pausedUntil > now() ? 0 : 1
  }

  function opensAt(page: string | null): number {
    return states.get(page)?.pausedUntil ?? 0
  }

  /** The pages that are paused, or have not worked since. */
  function paused(): (string | null)[] {
    return [...states].filter(([, { pauses }]) => pauses > 0).map(([page]) => page)
  }

  function nextOpensAt(): number[] {
    return [...states.values()].map(({ pausedUntil }) => pausedUntil).filter(at => at > now())
  }

  function stateOf(page: string | null, time: number): State {
    const known = states.get(page)
    if (known && (known.pauses > 0 || time - known.limitedAt < relatedMs)) return known
    const state = { overSince: time, limitedAt: time, addressees: new Set<string | null>(), pauses: 0, pausedUntil: 0 }
    states.set(page, state)
    return state
  }
}
