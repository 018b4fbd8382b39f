import type { FastifyInstance } from 'fastify'

/** What must be so that ManyChat can be answered in full, by name. */
export type HealthOptions = Record<'blocks' | 'store', () => boolean>

/** `/healthz`: the process is alive. `/readyz`: it can answer ManyChat. Both are open and say nothing a stranger could use. */
export async function health(app: FastifyInstance, checks: HealthOptions): Promise<void> {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const results = { blocks: checks.blocks() ? 'loaded' : 'none', store: checks.store() ? 'open' : 'not open' }
    const ready = checks.blocks() && checks.store()
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', ...results })
  })
}
