/** Everything that goes out: the pages' keys and clients, durable sends and late replies. */
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Blocks } from '../blocks/load.ts'
import type { Runner } from '../calls/run.ts'
import { createAppKeys } from '../manychat/app-keys.ts'
import { createPages, type StandIn } from '../manychat/pages.ts'
import type { CallMetrics } from '../ops/call-metrics.ts'
import { createOutbox, type OutboxOptions } from '../sends/outbox.ts'
import { createCipher } from '../settings/cipher.ts'
import type { Config } from '../settings/config.ts'

export interface OutboundOptions {
  config: Config
  blocks: Blocks
  now: () => number
  /** In place of the store's clock, for what expires. */
  expiryNow: (() => number) | undefined
  fetch: typeof globalThis.fetch | undefined
  leaseMs: number | undefined
  onFatal: OutboxOptions['onFatal']
  standIn: StandIn | undefined
  registry: Registry
  counted: CallMetrics
  log: Logger
}

export type Outbound = ReturnType<typeof createOutbound>

export function createOutbound({
  config,
  blocks,
  now,
  expiryNow,
  fetch,
  leaseMs,
  onFatal,
  standIn,
  registry,
  counted,
  log,
}: OutboundOptions) {
  const appKeys = createAppKeys({ cipher: createCipher(config.stateKeys, 'app keys'), now, log })
  const accounts = {
    keys: config.manychatApiKeys,
    appKeys,
    defaultPage: config.defaultPage,
    ...(config.matonApiKey && { maton: { key: config.matonApiKey, connections: config.matonConnections } }),
    baseUrl: config.manychatApiUrl,
    allowLoopback: config.dev,
    fetch,
    standIn,
    log,
    onCall: counted.calledOut,
  }
  const outbox = createOutbox({
    ...accounts,
    blocks,
    stateKeys: config.stateKeys,
    expiryNow,
    store: { dataDir: config.dataDir, databaseUrl: config.databaseUrl },
    bots: config.chatfuelBots,
    fallbackFlows: config.fallbackFlows,
    dryRun: config.dryRun,
    delivers: config.delivers,
    onUnknownMedia: config.onUnknownMedia,
    outcomes: config.outcomeUrl === undefined ? undefined : { url: config.outcomeUrl, keys: config.outcomeSecrets },
    leaseMs,
    registry,
    onFatal,
  })
  const pages = createPages({ ...accounts, limits: outbox.limits })
  return { ...outbox, appKeys, pages, follow }

  /** Starts when the server listens, or is ready if it never listens, and stops when it closes. */
  function follow(app: FastifyInstance, { rerun, stop }: Pick<Runner, 'rerun' | 'stop'>, listens: boolean) {
    const start = async () => outbox.start(rerun)
    if (listens) app.addHook('onListen', start)
    else app.addHook('onReady', start)
    // Media may take a minute: none is begun while the server still answers calls.
    app.addHook('preClose', async () => outbox.takeNoMore())
    app.addHook('onClose', async () => {
      await outbox.stop(stop)
      blocks.stop()
    })
  }
}
