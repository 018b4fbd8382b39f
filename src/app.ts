import { randomBytes } from 'node:crypto'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import type { Blocks } from './blocks/load.ts'
import { createRunner } from './blocks/run.ts'
import type { Config } from './config.ts'
import { createError } from './errors.ts'
import { logOptions } from './log.ts'
import { createAppKeys } from './manychat/app-keys.ts'
import { createCipher } from './manychat/cipher.ts'
import { createPages } from './manychat/pages.ts'
import { check } from './ops/check.ts'
import { health } from './ops/health.ts'
import { metrics } from './ops/metrics.ts'
import { schema } from './ops/schema.ts'
import { sends } from './sends/routes.ts'
import { createSends } from './sends/sends.ts'
import { apps } from './webhook/apps.ts'
import { requireSecret } from './webhook/auth.ts'
import { createSendProblem } from './webhook/respond.ts'
import { webhook } from './webhook/routes.ts'
import { createSeal } from './webhook/seal.ts'
import { createTwins } from './webhook/twins.ts'

export interface AppOptions {
  config: Config
  blocks: Blocks
  /** Milliseconds since 1970; default the system's clock. */
  now?: () => number
  /** Where log lines go; default standard output. */
  logStream?: { write(line: string): void }
  /** How long other processes leave alone what this one works on, when it no longer says that it lives; default 30000. */
  leaseMs?: number
}

/** Puts the server together, in the order in which a call travels: in, checked, run, answered. It does not listen yet. */
export function buildApp({ config, blocks, now = Date.now, logStream, leaseMs }: AppOptions): FastifyInstance {
  const sendProblem = createSendProblem(now)
  const app = Fastify({
    logger: logOptions(config, logStream),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: createIds(),
    // A call makes its own when it logs; one for each request would cost as much as reading its body.
    childLoggerFactory: logger => logger,
    bodyLimit: config.maxBodyBytes,
    // ManyChat has hung up by then; who sends a body more slowly than that isn't ManyChat.
    requestTimeout: 10_000,
    trustProxy: config.trustProxy,
    frameworkErrors: sendProblem,
    // People paste addresses with one, and `/blocks/size/` would else be a step without a name.
    routerOptions: { ignoreTrailingSlash: true },
  })
  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler(({ method, url }, reply) => {
    // People open the address of a block in a browser.
    if (method === 'POST' || !/^\/(?:blocks|apps)\/\w/.test(url)) throw createError('DYN_ROUTE_UNKNOWN')
    reply.header('allow', 'POST')
    throw createError('DYN_METHOD_UNKNOWN', { got: method })
  })

  const { stateKeys: keys, webhookSecrets: secrets, appKeyHeader: keyHeader, publicUrl, replyWithinMs, dev } = config
  const appKeys = createAppKeys({ cipher: createCipher(keys), now, log: app.log })
  const accounts = {
    keys: config.manychatApiKeys,
    appKeys,
    ...(config.matonApiKey && { maton: { key: config.matonApiKey, connections: config.matonConnections } }),
    baseUrl: config.manychatApiUrl,
    allowLoopback: dev,
  }
  const outgoing = createSends({
    ...accounts,
    blocks,
    rerun: (entry, signal) => runner.rerun(entry, signal),
    store: { dataDir: config.dataDir, databaseUrl: config.databaseUrl },
    bots: config.chatfuelBots,
    fallbackFlows: config.fallbackFlows,
    dryRun: config.dryRun,
    leaseMs,
    log: app.log,
  })
  const { queue, checkSend, limits, takeLate } = outgoing
  const pages = createPages({ ...accounts, limits, log: app.log })
  const seal = createSeal({ keys, now })
  const runner = createRunner({ sign: seal.sign, clientFor: pages.clientFor, publicUrl, replyWithinMs, takeLate, now })
  app.register(webhook, { blocks, runner, seal, twins: createTwins({ now }), secrets, dev })
  app.register(apps, { appKeys, pages, secrets, keyHeader })
  const authorize = (scope: FastifyInstance) => requireSecret(scope, config.apiTokens)
  app.register(sends, { queue, checkSend, authorize, maxBodyBytes: config.maxBodyBytes })
  app.register(check, { authorize: dev ? undefined : authorize, allowLoopback: publicUrl.startsWith('http://') })
  app.register(schema, { publicUrl })
  app.register(metrics, { read: outgoing.readMetrics })
  app.register(health, { blocks: () => blocks.names().length > 0, store: outgoing.isOpen })

  app.addHook('preClose', async () => {
    // A connection that the caller keeps open after its answer would hold up the close for longer than there is time.
    app.server.keepAliveTimeout = 1
  })
  app.addHook('onListen', async () => outgoing.start())
  app.addHook('onClose', async () => {
    await outgoing.stop(runner.stop)
    blocks.stop()
  })
  return app
}

/** Ids that no other process makes: they are what a block may use as idempotency key. */
function createIds(): () => string {
  const ours = randomBytes(12).toString('base64url')
  let count = 0
  return () => `${ours}-${(count++).toString(36)}`
}
