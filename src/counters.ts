/** One metric: its name is fixed, since people build alarms on it, and so are its labels. */
export interface MetricRow {
  name: `dynablock_${string}`
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  labels: readonly string[]
}

export type MetricTable = Record<string, MetricRow>

export interface Sample {
  labels: Record<string, string>
  value: number
  /** What a histogram has several of. */
  suffix?: '_bucket' | '_sum' | '_count'
}

type Labels<Table extends MetricTable, M extends keyof Table> = Record<Table[M]['labels'][number], string>
type CounterOf<Table extends MetricTable> = {
  [M in keyof Table]: Table[M]['type'] extends 'counter' ? M : never
}[keyof Table]

/** Counts in this process by the labels of a table: for what happens seldom, as the labels are put together each time. */
export function createCounters<const Table extends MetricTable>() {
  const counted = new Map<CounterOf<Table>, Map<string, Sample>>()
  return { count, samplesOf }

  function count<M extends CounterOf<Table>>(metric: M, labels: Labels<Table, M>): void {
    const samples = counted.get(metric) ?? new Map<string, Sample>()
    counted.set(metric, samples)
    const key = JSON.stringify(labels)
    samples.set(key, { labels, value: (samples.get(key)?.value ?? 0) + 1 })
  }

  function samplesOf(metric: CounterOf<Table>): Sample[] {
    return [...(counted.get(metric)?.values() ?? [])]
  }
}
