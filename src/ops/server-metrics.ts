import { readFileSync } from 'node:fs'
import type { MetricTable, Sample } from '../counters.ts'

export const serverMetrics = {
  overloaded: {
    name: 'dynablock_overloaded',
    type: 'gauge',
    help: '1 while there is more to do than can be done in time: blocks show their fallback, and strangers get 503.',
    labels: [],
  },
  build: {
    name: 'dynablock_build_info',
    type: 'gauge',
    help: 'Always 1, by the version of the server.',
    labels: ['version'],
  },
} as const satisfies MetricTable

const { version }: { version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)

export function readServerMetrics({
  isOverloaded,
}: {
  isOverloaded(): boolean
}): Record<keyof typeof serverMetrics, Sample[]> {
  return {
    overloaded: [{ labels: {}, value: isOverloaded() ? 1 : 0 }],
    build: [{ labels: { version }, value: 1 }],
  }
}
