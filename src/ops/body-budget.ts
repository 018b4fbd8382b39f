/** Shares out a number of bytes among the bodies that are under way. */

/** What one body may take. */
export interface BodyShare {
  readonly bytes: number
  /** Ends it, to make room for another one. */
  displace(): void
}

/**
 * When the bytes run out, bodies of callers who have proved nothing yet are ended, the oldest first. A call of ManyChat's
 * is there in one piece: only somebody who sends slowly, to hold as much as they can, is among the oldest.
 */
export function createBodyBudget(maxBytes: number) {
  let taken = 0
  /** In the order in which they began. */
  const displaceable = new Set<BodyShare>()
  return { take, give }

  /** @returns null when the others leave no room */
  function take(bytes: number, isDisplaceable: boolean): BodyShare | null {
    for (const oldest of displaceable) {
      if (taken + bytes <= maxBytes) break
      oldest.displace()
    }
    if (taken + bytes > maxBytes) return null
    taken += bytes
    const share = { bytes, displace() {} }
    if (isDisplaceable) displaceable.add(share)
    return share
  }

  function give(share: BodyShare): void {
    taken -= share.bytes
    displaceable.delete(share)
  }
}
