import type { Sample } from '../counters.ts'

/** Counts durations in plain numbers: what a call costs here must not be seen beside what it does. */
export function createHistogram(bounds: readonly number[]) {
  // One more, for what is longer than all of them.
  const counts = new Array<number>(bounds.length + 1).fill(0)
  let sum = 0
  return { observe, samples }

  /** In the unit of the bounds. */
  function observe(value: number): void {
    let i = 0
    while (i < bounds.length && value > (bounds[i] as number)) i++
    counts[i] = (counts[i] as number) + 1
    sum += value
  }

  /** As Prometheus counts: each bucket holds those before it. */
  function samples(labels: Record<string, string>): Sample[] {
    let count = 0
    const buckets = counts.map((inBucket, i): Sample => {
      count += inBucket
      return { suffix: '_bucket', labels: { ...labels, le: String(bounds[i] ?? '+Inf') }, value: count }
    })
    return [...buckets, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: count }]
  }
}
