/** The parts of prom-client that every server needs from its start. Its index loads clusters, gateways and percentiles too. */
import { createRequire } from 'node:module'

type PromClient = typeof import('prom-client')

const require = createRequire(import.meta.url)

export const Registry: PromClient['Registry'] = require('prom-client/lib/registry.js')
export const Counter: PromClient['Counter'] = require('prom-client/lib/counter.js')
export const Gauge: PromClient['Gauge'] = require('prom-client/lib/gauge.js')
export const Histogram: PromClient['Histogram'] = require('prom-client/lib/histogram.js')
