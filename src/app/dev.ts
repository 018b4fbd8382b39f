/** The app's ports for development tools. These are passed in, never imported: the server runs without them. */
import type { FastifyInstance } from 'fastify'
import type { StandIn } from '../manychat/pages.ts'

export interface SimulatorPort {
  /** Stands in for ManyChat on every page that has no key. */
  standIn?: StandIn | undefined
  /** The contacts' clock, which the simulator can move. */
  now(): number
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
