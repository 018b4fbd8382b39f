/** Counts calls in sliding windows, as ManyChat does: calls over the limit are refused and not counted. */
export function createWindows(now: () => number) {
  const windows = new Map<string, number[]>()
  return { admit }

  /** Admits and counts a call if it stays within `count` calls per `windowMs`. */
  function admit(name: string, count: number, windowMs: number): boolean {
    const since = now() - windowMs
    const times = (windows.get(name) ?? []).filter(time => time > since)
    if (times.length < count) times.push(now())
    else return false
    windows.set(name, times)
    return true
  }
}
