import type { FastifyInstance } from 'fastify'
import type { MetricTable, Sample } from '../counters.ts'
import { sendMetrics } from '../sends/metrics.ts'
import { callMetrics } from './call-metrics.ts'
import { expositionType, formatMetric } from './exposition.ts'
import { serverMetrics } from './server-metrics.ts'

/** Every metric of ours, in the order in which they are told. */
export const metricTable = { ...callMetrics, ...serverMetrics, ...sendMetrics } satisfies MetricTable

export type MetricName = keyof typeof metricTable

export interface MetricsOptions {
  /** The samples of each metric; those that can't be known just now are left out. */
  read(): Promise<Partial<Record<MetricName, Sample[]>>>
}

/** `/metrics`, as Prometheus reads it: numbers by names that are fixed, with no label that a contact could fill. */
export async function metrics(app: FastifyInstance, { read }: MetricsOptions): Promise<void> {
  app.get('/metrics', async (_request, reply) => {
    const samples = await read()
    const ours = Object.entries(metricTable).map(([name, row]) => formatMetric(row, samples[name as MetricName]))
    const { readProcessMetrics } = await import('./process-metrics.ts')
    return reply.header('content-type', expositionType).send(ours.join('') + (await readProcessMetrics()))
  })
}
