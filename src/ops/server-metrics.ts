import type { Registry } from 'prom-client'
import { manifest } from '../settings/manifest.ts'
import { Gauge } from './prom-client.ts'

/** Registers what the server says about itself. */
export function registerServerMetrics(registry: Registry, { isOverloaded }: { isOverloaded(): boolean }): void {
  const registers = [registry]
  new Gauge({
    name: 'dynablock_overloaded',
    help: '1 while there is more to do than can be done in time: blocks show their fallback, and strangers get 503.',
    registers,
    collect() {
      this.set(isOverloaded() ? 1 : 0)
    },
  })
  new Gauge({
    name: 'dynablock_build_info',
    help: 'Always 1, by the version of the server.',
    labelNames: ['version'],
    registers,
  }).set({ version: manifest.version }, 1)
}
