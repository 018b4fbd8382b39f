/** By how much two clocks may drift apart: a thousandth, more than those of any machine. */
const drift = 0.001
/** Both clocks show whole milliseconds. */
const tickMs = 1

/** Bounds of what the store's clock is ahead of that of this process, in milliseconds. */
interface Lead {
  least: number
  most: number
  seenAt: number
}

/**
 * The store's clock, as its answers tell: each was read between question and answer, and the narrowest bounds hold. So a
 * slow answer makes nobody late who has a time to keep.
 */
export function createStoreClock(now: () => number) {
  let lead: Lead | undefined
  return { note, now: () => (lead ? now() + (lead.least + lead.most) / 2 : now()) }

  /** What the store's clock showed some time after `askedAt` and before now. */
  function note(storeAt: number, askedAt: number): void {
    const seenAt = now()
    const seen = { least: storeAt - seenAt - tickMs, most: storeAt - askedAt + tickMs, seenAt }
    lead = (lead && narrow(lead, seen)) ?? seen
  }
}

/** null when they contradict each other: a clock was set. */
function narrow(known: Lead, { least, most, seenAt }: Lead): Lead | null {
  const drifted = (seenAt - known.seenAt) * drift
  const both = { least: Math.max(least, known.least - drifted), most: Math.min(most, known.most + drifted), seenAt }
  return both.least <= both.most ? both : null
}
