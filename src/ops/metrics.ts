import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { problems } from '../errors/problem-details.ts'
import { openRoute } from './openapi.ts'

export interface MetricsOptions {
  /** Holds our own metrics; those of the process are added. */
  registry: Registry
  /** Requires one of API_TOKENS with the scope `metrics`; a port of its own is open. */
  authorize?: ((app: FastifyInstance) => Promise<void>) | undefined
}

/** `/metrics` in the format of Prometheus: fixed names, and no label that a contact could fill. */
export async function metrics(app: FastifyInstance, { registry, authorize }: MetricsOptions): Promise<void> {
  await authorize?.(app)
  const open = openRoute('metrics', 'Figures for Prometheus', { 'text/plain': { schema: { type: 'string' } } })
  const refusals: Record<number, unknown> = problems(401, 403, 429)
  const schema = { ...open, security: [{ api: [] }], response: { ...open.response, ...refusals } }
  app.get('/metrics', { schema }, async (_request, reply) => {
    const { readProcessMetrics } = await import('./process-metrics.ts')
    const [ours, process] = await Promise.all([registry.metrics(), readProcessMetrics()])
    return reply.header('content-type', registry.contentType).send(ours + process)
  })
}
