import type { FastifyInstance } from 'fastify'

export interface HealthOptions {
  /** How many blocks are served. */
  blocks: () => number
}

/** `/healthz`: the process is alive. `/readyz`: it can answer ManyChat. Both are open and say nothing a stranger could use. */
export async function health(app: FastifyInstance, { blocks }: HealthOptions): Promise<void> {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const ready = blocks() > 0
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ready' : 'not ready', blocks: ready ? 'loaded' : 'none' })
  })
}
