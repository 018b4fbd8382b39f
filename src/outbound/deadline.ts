/** The time limit of one call. */
export interface Deadline {
  /** Aborts when time is up. */
  signal: AbortSignal
  /** Must be called when the call has ended, however it ended. */
  close(): void
}

/**
 * Deadlines, those of equal length on a single timer. An `AbortSignal.timeout()` for each call would stay in memory until its
 * time is up; at thousands of calls a second, collecting those costs more than a tenth of each call.
 */
export function createDeadlines() {
  const byLength = new Map<number, (timeoutMs: number) => Deadline>()
  return { open }

  function open(timeoutMs: number): Deadline {
    const known = byLength.get(timeoutMs) ?? createQueue()
    byLength.set(timeoutMs, known)
    return known(timeoutMs)
  }
}

function createQueue(): (timeoutMs: number) => Deadline {
  // In the order in which they expire, as all have the same length.
  const waiting = new Map<AbortController, number>()
  let isTimerSet = false
  return open

  function open(timeoutMs: number): Deadline {
    const controller = new AbortController()
    waiting.set(controller, performance.now() + timeoutMs)
    if (!isTimerSet) setTimer(timeoutMs)
    return { signal: controller.signal, close: () => void waiting.delete(controller) }
  }

  function setTimer(ms: number): void {
    isTimerSet = true
    setTimeout(abortDue, ms).unref()
  }

  function abortDue(): void {
    isTimerSet = false
    const now = performance.now()
    for (const [controller, endsAt] of waiting) {
      if (endsAt > now) {
        setTimer(endsAt - now)
        break
      }
      waiting.delete(controller)
      controller.abort()
    }
  }
}
