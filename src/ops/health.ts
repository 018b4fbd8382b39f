import type { FastifyInstance } from 'fastify'

/** What must be so that ManyChat can be answered in full, by name. */
export interface HealthOptions {
  blocks(): boolean
  store(): boolean
  /** Whether the server is about to end. */
  draining(): boolean
  /** Is told that somebody asks, as a balancer does. */
  onProbe?(): void
}

/** `/healthz`: the process is alive. `/readyz`: it can answer ManyChat. Both are open and say nothing a stranger could use. */
export async function health(app: FastifyInstance, { blocks, store, draining, onProbe }: HealthOptions): Promise<void> {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    onProbe?.()
    const ready = blocks() && store() && !draining()
    return reply.code(ready ? 200 : 503).send({
      status: draining() ? 'draining' : ready ? 'ready' : 'not ready',
      blocks: blocks() ? 'loaded' : 'none',
      store: store() ? 'open' : 'not open',
    })
  })
}
