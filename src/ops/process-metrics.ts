/** What the process needs and how late its event loop is. Loaded by the first who asks: it would hold up the start. */
import { collectDefaultMetrics, Registry } from 'prom-client'

/** One for the process, however many apps it has: nothing of it could be taken down again. */
const registry = new Registry()
collectDefaultMetrics({ register: registry })

export async function readProcessMetrics(): Promise<string> {
  return registry.metrics()
}
