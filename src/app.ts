import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { createBlockCalls } from './app/blocks.ts'
import { type DevOptions, development } from './app/dev.ts'
import { createHttp } from './app/http.ts'
import { operations } from './app/operations.ts'
import { createOutbound } from './app/outbound.ts'
import type { Blocks } from './blocks/load.ts'
import type { DynablockError } from './errors/errors.ts'
import { createLog } from './log.ts'
import type { StandIn } from './manychat/pages.ts'
import { createCallMetrics } from './ops/call-metrics.ts'
import type { ConnectionLimits } from './ops/connections.ts'
import { drain } from './ops/drain.ts'
import { createOverload, maxDelayFor } from './ops/overload.ts'
import { Registry } from './ops/prom-client.ts'
import type { Config } from './settings/config.ts'

export interface AppOptions extends DevOptions {
  config: Config
  blocks: Blocks
  /** Milliseconds since 1970; default the system's clock. Memory expires by it, too, in place of the store's clock. */
  now?: () => number
  /** Default: a log on standard output. */
  log?: Logger
  /** Makes the outbound calls; default Node's `fetch`. */
  fetch?: typeof globalThis.fetch
  /** Default: `connectionLimits`. */
  limits?: Partial<ConnectionLimits>
  /** How late the event loop may be before contacts get the fallback; default: see `maxDelayFor`. */
  maxDelayMs?: number
  /** How long the server still accepts calls after it tells balancers that it is closing; default 5000. */
  drainNoticeMs?: number
  /** How long the jobs of a process that has stopped its heartbeat stay reserved for it; default 30000. */
  leaseMs?: number
  /** How old the figures of `/metrics` may be; default 5000. */
  metricsMaxAgeMs?: number
  /** Called when the store was written by a newer release; by default that is logged. */
  onFatal?: ((error: DynablockError) => void) | undefined
  /** Plays ManyChat for every page that has no key. */
  standIn?: StandIn | undefined
  /** Whether it will listen. The store opens then; of a server that only `inject` reaches, when it is ready. Default true. */
  listens?: boolean
}

/** Builds the server in the order in which a call travels through it. It does not listen yet. */
export function buildApp({
  config,
  blocks,
  now: givenNow,
  log = createLog(config),
  fetch,
  limits,
  maxDelayMs = maxDelayFor(config.replyWithinMs),
  drainNoticeMs = 5000,
  leaseMs,
  metricsMaxAgeMs,
  onFatal,
  standIn,
  listens = true,
  simulator,
  record,
}: AppOptions): FastifyInstance {
  const now = givenNow ?? Date.now
  const registry = new Registry()
  const counted = createCallMetrics(registry)
  const overload = createOverload({ maxDelayMs, log })
  const { isHigh: isOverloaded } = overload
  const app = createHttp({ config, limits, isOverloaded, counted, now, log })
  const outbound = createOutbound({
    config,
    blocks,
    now,
    expiryNow: givenNow,
    fetch,
    leaseMs,
    onFatal,
    standIn,
    registry,
    counted,
    log,
  })
  const calls = createBlockCalls({ config, blocks, outbound, isOverloaded, counted, now, log })
  const draining = drain(app, { noticeMs: drainNoticeMs, now })
  // First, as they describe the routes registered after them.
  if (config.docs || simulator) {
    const docs = import('./ops/docs.ts').then(module => ({ default: module.docs }))
    app.register(docs, { publicUrl: config.publicUrl, guard: config.docs ? undefined : simulator?.guard })
  }
  development(app, { simulator, record })
  app.register(calls.routes)
  app.register(operations, { config, blocks, outbound, overload, registry, metricsMaxAgeMs, draining })
  outbound.follow(app, calls.runner, listens)
  return app
}
