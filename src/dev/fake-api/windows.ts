/** Counts calls in sliding windows, as ManyChat does: what is over the limit is refused, and not counted. */
export function createWindows(now: () => number) {
  const windows = new Map<string, number[]>()
  return { admit }

  /** Whether one more is within `count` in any `windowMs`; counts it if so. */
  function admit(name: string, count: number, windowMs: number): boolean {
    const since = now() - windowMs
    const times = (windows.get(name) ?? []).filter(time => time > since)
    if (times.length < count) times.push(now())
    else return false
    windows.set(name, times)
    return true
  }
}
