import type { Clock } from '../../src/outbound/clock.ts'

export type ManualClock = ReturnType<typeof createManualClock>

/** A clock that the test moves. Moving it wakes sleepers when they are due, and lets the work they trigger finish. */
export function createManualClock(startsAt = Date.UTC(2026, 0, 1)) {
  let time = startsAt
  const sleepers = new Set<{ at: number; wake: () => void }>()
  const clock: Clock = { now: () => time, sleep }
  return { ...clock, pass, settle }

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const sleeper = { at: time + ms, wake: resolve }
      sleepers.add(sleeper)
      signal?.addEventListener('abort', () => sleepers.delete(sleeper) && reject(signal.reason), { once: true })
    })
  }

  /** Moves the clock, waking sleepers in the order in which they are due. */
  async function pass(ms: number): Promise<void> {
    const until = time + ms
    await settle()
    for (;;) {
      const next = [...sleepers].sort((a, b) => a.at - b.at).find(({ at }) => at <= until)
      if (!next) break
      sleepers.delete(next)
      time = Math.max(time, next.at)
      next.wake()
      await settle()
    }
    time = until
  }

  /** Lets pending work run that doesn't wait for time. */
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
  }
}
