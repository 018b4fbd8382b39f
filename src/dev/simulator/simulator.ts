import type { FastifyInstance } from 'fastify'
import { simulatorRoutes } from './routes.ts'
import { createStage, type StageOptions } from './stage.ts'

export type Simulator = ReturnType<typeof createSimulator>

/** What the server needs of the simulator: its routes, its clock, and its Public API. */
export function createSimulator(options: StageOptions) {
  const stage = createStage(options)
  return {
    /** Milliseconds since 1970, as contacts live in them. */
    now: stage.now,
    /** Serves the pages that have no key; undefined when a page has one. */
    standIn: stage.standIn,
    routes: (app: FastifyInstance) => simulatorRoutes(app, stage),
  }
}
