import type { FastifyInstance } from 'fastify'
import { problems } from '../errors/problem-details.ts'
import type { MetricsText } from './metrics-text.ts'
import { openRoute } from './openapi.ts'

export interface MetricsOptions {
  text: MetricsText
  /** Requires one of API_TOKENS with the scope `metrics`; a port of its own is open. */
  authorize?: ((app: FastifyInstance) => Promise<void>) | undefined
}

/** `/metrics` in the format of Prometheus: fixed names, and no label that a contact could fill. */
export async function metrics(app: FastifyInstance, { text, authorize }: MetricsOptions): Promise<void> {
  await authorize?.(app)
  const open = openRoute('metrics', 'Figures for Prometheus', { 'text/plain': { schema: { type: 'string' } } })
  const refusals: Record<number, unknown> = problems(401, 403, 429)
  const schema = { ...open, security: [{ api: [] }], response: { ...open.response, ...refusals } }
  app.get('/metrics', { schema }, async (_request, reply) =>
    reply.header('content-type', text.contentType).send(await text.read()),
  )
}
