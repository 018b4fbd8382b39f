import type { Registry } from 'prom-client'

export interface MetricsTextOptions {
  /** Holds our own metrics; those of the process are added. */
  registry: Registry
  /** How old the figures may be; default 5000. */
  maxAgeMs?: number | undefined
  /** Milliseconds on a clock that is never set; default the process's own. */
  now?(): number
}

export type MetricsText = ReturnType<typeof createMetricsText>

/**
 * What Prometheus reads: written once at a time, and kept for whoever asks within a few seconds. Otherwise each request
 * would ask the store and take time from calls.
 */
export function createMetricsText({ registry, maxAgeMs = 5000, now = () => performance.now() }: MetricsTextOptions) {
  let latest: { text: Promise<string>; startedAt: number; isOver: boolean } | undefined
  return { contentType: registry.contentType, read }

  function read(): Promise<string> {
    if (latest && (!latest.isOver || now() - latest.startedAt < maxAgeMs)) return latest.text
    const started = { text: write(), startedAt: now(), isOver: false }
    latest = started
    const end = () => {
      started.isOver = true
    }
    // One that failed is kept as long: what made it fail would cost as much the next time.
    started.text.then(end, end)
    return started.text
  }

  async function write(): Promise<string> {
    const { readProcessMetrics } = await import('./process-metrics.ts')
    const [ours, process] = await Promise.all([registry.metrics(), readProcessMetrics()])
    return ours + process
  }
}
