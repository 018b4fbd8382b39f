import type { Clock } from '../../src/outbound/clock.ts'

/** A clock that only moves when someone sleeps on it: they wake at once, and the clock has advanced. */
export function createTestClock(startsAt = 1_700_000_000_000) {
  let time = startsAt
  const slept: number[] = []
  const clock: Clock = {
    now: () => time,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted()
      slept.push(ms)
      time += ms
    },
  }
  return { ...clock, slept, pass }

  function pass(ms: number): void {
    time += ms
  }
}
