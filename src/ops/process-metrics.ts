/** Memory, CPU and event loop of the process. Loaded at the first scrape, as it would delay the start. */
import { collectDefaultMetrics, Registry } from 'prom-client'

/** One per process, however many apps it has: its observers can't be stopped. */
const registry = new Registry()
collectDefaultMetrics({ register: registry })

export async function readProcessMetrics(): Promise<string> {
  return registry.metrics()
}
