/** Shares out a number of bytes among the bodies that are under way. */

/** A body whose caller has proved nothing yet: it may be ended to make room for another one. */
export interface Displaceable {
  displace(): void
}

/**
 * When the bytes run out, bodies of callers who have proved nothing yet are ended, the oldest first. A call of ManyChat's
 * is there in one piece: only somebody who sends slowly, to hold as much as they can, is among the oldest.
 */
export function createBodyBudget(maxBytes: number) {
  let taken = 0
  /** In the order in which they began. */
  const displaceables = new Set<Displaceable>()
  return { take, give }

  /** Says whether the others leave room. */
  function take(bytes: number, displaceable?: Displaceable): boolean {
    for (const oldest of displaceables) {
      if (taken + bytes <= maxBytes) break
      oldest.displace()
    }
    if (taken + bytes > maxBytes) return false
    taken += bytes
    if (displaceable) displaceables.add(displaceable)
    return true
  }

  function give(bytes: number, displaceable?: Displaceable): void {
    taken -= bytes
    if (displaceable) displaceables.delete(displaceable)
  }
}
