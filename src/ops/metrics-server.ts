import Fastify, { type FastifyInstance } from 'fastify'
import { createError } from '../errors/errors.ts'
import { schemaController } from '../json/contract.ts'
import { createSendProblem } from '../webhook/respond.ts'
import { connectionLimits, serverOptions } from './connections.ts'
import { listenFailure } from './listen-failure.ts'
import { type MetricsOptions, metrics } from './metrics.ts'

/** Prometheus needs one, a person another. */
const mostConnections = 100

export interface MetricsServerOptions extends Pick<MetricsOptions, 'text'> {
  host: string
  port: number
}

/** `/metrics` on a port of its own, for whoever reaches it; it opens and closes with the server. */
export async function metricsServer(app: FastifyInstance, { host, port, text }: MetricsServerOptions): Promise<void> {
  const server = Fastify({ ...serverOptions(connectionLimits), schemaController })
  server.server.maxConnections = mostConnections
  server.setErrorHandler(createSendProblem({ now: Date.now }))
  server.setNotFoundHandler(() => {
    throw createError('DYN_ROUTE_UNKNOWN')
  })
  server.register(metrics, { text })
  app.addHook('onReady', async () => {
    try {
      await server.listen({ host, port })
    } catch (error) {
      throw listenFailure(error, { host, setting: 'METRICS_PORT', port })
    }
  })
  app.addHook('onClose', () => server.close())
}
