import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { openRoute } from './openapi.ts'

export interface MetricsOptions {
  /** Holds our own metrics; those of the process are added. */
  registry: Registry
}

/** `/metrics` in the format of Prometheus: fixed names, and no label that a contact could fill. */
export async function metrics(app: FastifyInstance, { registry }: MetricsOptions): Promise<void> {
  const schema = openRoute('metrics', 'Figures for Prometheus', { 'text/plain': { schema: { type: 'string' } } })
  app.get('/metrics', { schema }, async (_request, reply) => {
    const { readProcessMetrics } = await import('./process-metrics.ts')
    const [ours, process] = await Promise.all([registry.metrics(), readProcessMetrics()])
    return reply.header('content-type', registry.contentType).send(ours + process)
  })
}
