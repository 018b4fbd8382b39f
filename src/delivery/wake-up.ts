import type { Clock } from '../outbound/clock.ts'

/** A wait that others can end; a wake-up that comes before the wait isn't lost. */
export function createWakeUp(clock: Clock) {
  let wasCalled = false
  let waiting: AbortController | undefined
  return { call, clear, wait }

  function call(): void {
    wasCalled = true
    waiting?.abort()
  }

  /** Forgets a wake-up: its reason is about to be looked at. */
  function clear(): void {
    wasCalled = false
  }

  async function wait(ms: number): Promise<void> {
    if (wasCalled || ms <= 0) return
    waiting = new AbortController()
    await clock.sleep(ms, waiting.signal).catch(() => undefined)
    waiting = undefined
  }
}
