import type { Clock } from '../manychat/clock.ts'

/** A wait that others can end; a ring that nobody waits for is remembered. */
export function createBell(clock: Clock) {
  let hasRung = false
  let waiting: AbortController | undefined
  return { ring, clear, wait }

  function ring(): void {
    hasRung = true
    waiting?.abort()
  }

  /** Forgets a ring: what it told of is about to be looked at. */
  function clear(): void {
    hasRung = false
  }

  async function wait(ms: number): Promise<void> {
    if (hasRung || ms <= 0) return
    waiting = new AbortController()
    await clock.sleep(ms, waiting.signal).catch(() => undefined)
    waiting = undefined
  }
}
