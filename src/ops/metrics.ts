import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Registry } from 'prom-client'
import { type Sample, sendMetrics } from '../sends/metrics.ts'

export type MetricName = keyof typeof sendMetrics

export interface MetricsOptions {
  /** The samples of each metric; those that can't be known just now are left out. */
  read(): Promise<Partial<Record<MetricName, Sample[]>>>
}

/** `/metrics`, as Prometheus reads it: numbers by names that are fixed, with no label that a contact could fill. */
export async function metrics(app: FastifyInstance, { read }: MetricsOptions): Promise<void> {
  const registry = new Registry()
  const instruments = Object.entries(sendMetrics).map(([key, { name, type, help, labels: labelNames }]) => {
    const Instrument: typeof Counter | typeof Gauge = type === 'counter' ? Counter : Gauge
    return [key as MetricName, new Instrument({ name, help, labelNames, registers: [registry] })] as const
  })

  app.get('/metrics', async (_request, reply) => {
    const samples = await read()
    for (const [key, instrument] of instruments) {
      instrument.reset()
      // Without labels it would be told as 0, which is no answer to what isn't known.
      if (!samples[key]) instrument.remove({})
      for (const { labels, value } of samples[key] ?? []) instrument.inc(labels, value)
    }
    return reply.header('content-type', registry.contentType).send(await registry.metrics())
  })
}
