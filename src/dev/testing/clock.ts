/** The time in a chat, which a test can move. */
export interface ChatClock {
  /** Milliseconds since 1970. */
  now(): number
  advance(ms: number): void
}

/** A clock that also knows how far it was moved. */
export interface MovableClock extends ChatClock {
  aheadMs(): number
}

/** @param start a fixed time, in milliseconds since 1970, or another clock to run ahead of */
export function createClock(start: number | (() => number)): MovableClock {
  const base = typeof start === 'number' ? () => start : start
  let aheadMs = 0
  return {
    now: () => base() + aheadMs,
    aheadMs: () => aheadMs,
    advance: ms => {
      aheadMs += ms
    },
  }
}
