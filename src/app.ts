import { randomBytes } from 'node:crypto'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import type { Blocks } from './blocks/load.ts'
import { createRunner } from './blocks/run.ts'
import type { Config } from './config.ts'
import type { Simulator } from './dev/simulator/simulator.ts'
import { createError } from './errors.ts'
import { logOptions } from './log.ts'
import { createAppKeys } from './manychat/app-keys.ts'
import { createCipher } from './manychat/cipher.ts'
import { createPages } from './manychat/pages.ts'
import { createCallMetrics } from './ops/call-metrics.ts'
import { check } from './ops/check.ts'
import { createSendClientError } from './ops/client-error.ts'
import { type ConnectionLimits, connectionLimits, serverOptions } from './ops/connections.ts'
import { createDrain } from './ops/drain.ts'
import { health } from './ops/health.ts'
import { metrics } from './ops/metrics.ts'
import { metricsServer } from './ops/metrics-server.ts'
import { createOverload, maxDelayFor } from './ops/overload.ts'
import { schema } from './ops/schema.ts'
import { readServerMetrics } from './ops/server-metrics.ts'
import { sends } from './sends/routes.ts'
import { createSends } from './sends/sends.ts'
import { logLevels } from './settings.ts'
import { apps } from './webhook/apps.ts'
import { requireSecret } from './webhook/auth.ts'
import { createFlood } from './webhook/flood.ts'
import type { CallReport } from './webhook/report.ts'
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
  /** Makes the outbound calls; default Node's own. */
  fetch?: typeof globalThis.fetch
  /** Default: what `connectionLimits` says. */
  limits?: Partial<ConnectionLimits>
  /** How late the event loop may be before contacts get the fallback; default: what leaves time to answer. */
  maxDelayMs?: number
  /** How long calls are taken once a balancer may know that the server ends. */
  drainNoticeMs?: number
  /** How long other processes leave alone what this one works on, when it no longer says that it lives; default 30000. */
  leaseMs?: number
  /** Development only: what plays ManyChat. */
  simulator?: Simulator | undefined
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Says at `/readyz` that the server ends; resolves when it may be closed. */
    drain(): Promise<void>
  }
}

/** Puts the server together, in the order in which a call travels: in, checked, run, answered. It does not listen yet. */
export function buildApp({
  config,
  blocks,
  now = Date.now,
  logStream,
  fetch,
  limits: given,
  maxDelayMs = maxDelayFor(config.replyWithinMs),
  drainNoticeMs = 5000,
  leaseMs,
  simulator,
}: AppOptions): FastifyInstance {
  const counted = createCallMetrics()
  const flood = createFlood()
  const isOverloaded = () => overload.isHigh()
  const sendProblem = createSendProblem({ now, isOverloaded, countFailure: flood.countFailure, watch: counted })
  const connections = { ...connectionLimits, ...given }
  const app = Fastify({
    ...serverOptions(connections),
    logger: logOptions(config, logStream),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: createIds(),
    // A call makes its own when it logs; one for each request would cost as much as reading its body.
    childLoggerFactory: logger => logger,
    bodyLimit: config.maxBodyBytes,
    // A call that comes by a connection which is still open is answered: ManyChat makes no second.
    return503OnClosing: false,
    trustProxy: config.trustProxy,
    frameworkErrors: sendProblem,
    clientErrorHandler: createSendClientError({ limits: connections, watch: counted }),
    // People paste addresses with one, and `/blocks/size/` would else be a step without a name.
    routerOptions: { ignoreTrailingSlash: true },
  })
  app.server.maxConnections = connections.count
  const overload = createOverload({ maxDelayMs, log: app.log })
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
    fetch,
    standIn: simulator?.standIn,
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
    onCall: counted.calledOut,
  })
  const { queue, checkSend, limits, takeLate } = outgoing
  const pages = createPages({ ...accounts, limits, log: app.log, onCall: counted.calledOut })
  // The time that contacts live in; that of the store and its sends can't be moved.
  const talkNow = simulator?.now ?? now
  const seal = createSeal({ keys, now: talkNow })
  const runner = createRunner({
    sign: seal.sign,
    clientFor: pages.clientFor,
    publicUrl,
    replyWithinMs,
    takeLate,
    isOverloaded,
    watch: counted,
    now: talkNow,
  })
  if (config.recordDir !== undefined) {
    const { recordDir: folder } = config
    const recording = async () => (await import('./dev/record/record.ts')).record(app, { folder, config, now })
    app.register(recording)
  }
  flood.register(app)
  app.register(webhook, { blocks, runner, seal, twins: createTwins({ now: talkNow }), secrets, dev, onCall, now })
  app.register(async patient => {
    await overload.guard(patient)
    patient.register(apps, { appKeys, pages, secrets, keyHeader })
    const authorize = (scope: FastifyInstance) => requireSecret(scope, config.apiTokens)
    patient.register(sends, { queue, checkSend, authorize, maxBodyBytes: config.maxBodyBytes })
    patient.register(check, { authorize: dev ? undefined : authorize, allowLoopback: publicUrl.startsWith('http://') })
  })
  app.register(schema, { publicUrl })
  if (config.docs) app.register(async scope => (await import('./ops/docs.ts')).docs(scope, { publicUrl }))
  const { host, metricsPort: port, logLevel } = config
  const logsCalls = logLevels.indexOf(logLevel) <= logLevels.indexOf('info')
  if (port === undefined) app.register(metrics, { read: readMetrics })
  else app.register(metricsServer, { host, port, read: readMetrics })
  const { draining, onProbe, drain } = createDrain({ noticeMs: drainNoticeMs, now })
  app.register(health, { blocks: () => blocks.names().length > 0, store: outgoing.isOpen, draining, onProbe })
  app.decorate('drain', drain)

  if (simulator) app.register(simulator.routes)

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

  function onCall(report: CallReport): void {
    counted.answered(report)
    if (logsCalls) app.log.info(report, 'call')
  }

  async function readMetrics() {
    return { ...counted.read(), ...readServerMetrics({ isOverloaded }), ...(await outgoing.readMetrics()) }
  }
}

/** Ids that no other process makes: they are what a block may use as idempotency key. */
function createIds(): () => string {
  const ours = randomBytes(12).toString('base64url')
  let count = 0
  return () => `${ours}-${(count++).toString(36)}`
}
