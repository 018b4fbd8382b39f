import Fastify, { type FastifyInstance } from 'fastify'
import { createError } from '../errors.ts'
import { type MetricsOptions, metrics } from './metrics.ts'

export interface MetricsServerOptions extends MetricsOptions {
  host: string
  port: number
}

/** `/metrics` on a port of its own, open and closed with the server. */
export async function metricsServer(app: FastifyInstance, { host, port, read }: MetricsServerOptions): Promise<void> {
  const server = Fastify()
  server.register(metrics, { read })
  app.addHook('onReady', async () => {
    try {
      await server.listen({ host, port })
    } catch (error) {
      const { code = 'an error' } = error as NodeJS.ErrnoException
      throw createError('DYN_LISTEN_FAILED', { host, setting: 'METRICS_PORT', port, got: code })
    }
  })
  app.addHook('onClose', () => server.close())
}
