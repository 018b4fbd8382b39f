import Fastify, { type FastifyInstance } from 'fastify'
import { schemaController } from '../json/contract.ts'
import { listenFailure } from './listen-failure.ts'
import { type MetricsOptions, metrics } from './metrics.ts'

export interface MetricsServerOptions extends Pick<MetricsOptions, 'text'> {
  host: string
  port: number
}

/** `/metrics` on a port of its own, for whoever reaches it; it opens and closes with the server. */
export async function metricsServer(app: FastifyInstance, { host, port, text }: MetricsServerOptions): Promise<void> {
  const server = Fastify({ schemaController })
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
