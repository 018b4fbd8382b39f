import type { FastifyInstance } from 'fastify'
import { openRoute } from './openapi.ts'

/** What must be so that ManyChat can be answered in full, by name. */
export interface HealthOptions {
  blocks(): boolean
  /** The code of what keeps the store from being used; null when nothing does. */
  findStoreProblem(): Promise<string | null>
  /** Whether the server is about to end. */
  draining(): boolean
  /** Is told that somebody asks, as a balancer does. */
  onProbe?(): void
}

/** `/healthz`: the process is alive. `/readyz`: it can answer ManyChat. Both are open and say nothing a stranger could use. */
export async function health(
  app: FastifyInstance,
  { blocks, findStoreProblem, draining, onProbe }: HealthOptions,
): Promise<void> {
  app.get('/healthz', { schema: openRoute('alive', 'The process is alive') }, async () => ({ status: 'ok' }))
  const ready = openRoute('ready', 'Whether ManyChat can be answered in full')
  const unready = { ...ready.response[200], description: 'Not yet, or no longer, and why.' }
  const response: Record<number, unknown> = { ...ready.response, 503: unready }
  const schema = { ...ready, response }
  app.get('/readyz', { schema }, async (_request, reply) => {
    onProbe?.()
    const problem = await findStoreProblem()
    const isReady = blocks() && problem === null && !draining()
    return reply.code(isReady ? 200 : 503).send({
      status: draining() ? 'draining' : isReady ? 'ready' : 'not ready',
      blocks: blocks() ? 'loaded' : 'none',
      store: problem === null ? 'open' : 'not open',
      ...(problem !== null && { code: problem }),
    })
  })
}
