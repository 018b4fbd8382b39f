import type { Registry } from 'prom-client'
import { createSendMetrics } from '../../src/delivery/metrics.ts'
import { createCallMetrics } from '../../src/ops/call-metrics.ts'
import { Registry as PlainRegistry } from '../../src/ops/prom-client.ts'
import { registerServerMetrics } from '../../src/ops/server-metrics.ts'

export interface MetricRow {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  labelNames: string[]
}

/** The metrics that are registered, without their numbers. */
export function rowsOf(registry: Registry): MetricRow[] {
  return registry.getMetricsAsArray() as unknown as MetricRow[]
}

/** Every metric of ours. */
export function allMetrics(): MetricRow[] {
  const registry = new PlainRegistry()
  createCallMetrics(registry)
  createSendMetrics({ registry, readStats: async () => null })
  registerServerMetrics(registry, { isOverloaded: () => false })
  return rowsOf(registry)
}

/** The samples of a metric: the values of its labels, joined by spaces, and the number. */
export async function samplesOf(registry: Registry, metric: string): Promise<[string, number][]> {
  const found = (await registry.getMetricsAsJSON()).find(({ name }) => name === metric)
  return (found?.values ?? []).map(({ labels, value }) => [Object.values(labels).join(' '), value])
}
