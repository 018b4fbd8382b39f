/** Replaces the process's `Date` and timers by a clock that only the test moves. */
import { Clock } from 'clock-mock'
import type { Test } from 'tap'

export function enterClock(t: Test): Clock {
  const clock = new Clock()
  clock.enter()
  t.teardown(() => clock.exit())
  return clock
}
