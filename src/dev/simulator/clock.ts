/** The time that contacts live in: the system's, and so much ahead as was asked for. */
export interface MovableClock {
  /** Milliseconds since 1970. */
  now(): number
  /** By how much it is ahead of the system's. */
  aheadMs(): number
  moveBy(ms: number): void
}

export function createMovableClock(systemNow: () => number = Date.now): MovableClock {
  let ahead = 0
  return {
    now: () => systemNow() + ahead,
    aheadMs: () => ahead,
    moveBy: ms => {
      ahead += ms
    },
  }
}
