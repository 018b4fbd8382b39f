/** The app's ports for development tools. These are passed in, never imported: the server runs without them. */
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'

export interface SimulatorPort {
  /** Refuses everybody but the developer, on each route that only development has. */
  guard: onRequestAsyncHookHandler
  routes(app: FastifyInstance): Promise<void>
}

export interface DevOptions {
  simulator?: SimulatorPort | undefined
  /** Writes the calls of blocks into RECORD_DIR. */
  record?: ((app: FastifyInstance) => void) | undefined
}

export function development(app: FastifyInstance, { simulator, record }: DevOptions): void {
  record?.(app)
  if (simulator) app.register(simulator.routes)
}
