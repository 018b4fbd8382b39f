/** The time in a chat: it moves when a test says so. */
export interface ChatClock {
  /** Milliseconds since 1970. */
  now(): number
  advance(ms: number): void
}

export function createClock(startMs: number): ChatClock {
  let ms = startMs
  return {
    now: () => ms,
    advance: by => {
      ms += by
    },
  }
}
