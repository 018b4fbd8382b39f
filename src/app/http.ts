/** Fastify with our limits, log and refusals, before any route is registered. */
import { randomBytes } from 'node:crypto'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import { createError } from '../errors/errors.ts'
import { schemaController } from '../json/contract.ts'
import { bodies } from '../ops/bodies.ts'
import type { CallMetrics } from '../ops/call-metrics.ts'
import { createBareRefusals } from '../ops/client-error.ts'
import { limitConnections } from '../ops/connection-limit.ts'
import { type ConnectionLimits, connectionLimits, serverOptions } from '../ops/connections.ts'
import { limitPipelining } from '../ops/pipelining.ts'
import { limitChunks } from '../ops/small-chunks.ts'
import type { Config } from '../settings/config.ts'
import { createFlood } from '../webhook/failed-auth.ts'
import { createSendProblem } from '../webhook/respond.ts'

export interface HttpOptions {
  config: Pick<Config, 'maxBodyBytes' | 'maxBodiesBytes' | 'trustProxy'>
  limits: Partial<ConnectionLimits> | undefined
  isOverloaded(): boolean
  counted: CallMetrics
  /** Milliseconds since 1970. */
  now(): number
  log: Logger
}

export function createHttp({ config, limits: given, isOverloaded, counted, now, log }: HttpOptions): FastifyInstance {
  const limits = { ...connectionLimits, ...given }
  const flood = createFlood()
  const bare = createBareRefusals({ limits, watch: counted })
  const sendProblem = createSendProblem({ now, isOverloaded, countFailure: flood.countFailure, watch: counted })
  const loggerInstance: FastifyBaseLogger = log
  const app: FastifyInstance = Fastify({
    ...serverOptions(limits),
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: createIds(),
    // A call makes its own child logger when it logs; one per request would cost as much as reading the body.
    childLoggerFactory: logger => logger,
    schemaController,
    bodyLimit: config.maxBodyBytes,
    // A call on an open connection is answered even while the server closes: ManyChat makes no second call.
    return503OnClosing: false,
    trustProxy: config.trustProxy,
    frameworkErrors: sendProblem,
    clientErrorHandler: bare.sendClientError,
    // People paste addresses that end in a slash; `/blocks/size/` would otherwise be a step without a name.
    routerOptions: { ignoreTrailingSlash: true },
  })
  limitConnections(app.server, { count: limits.count, now, log, watch: counted })
  limitPipelining(app.server)
  limitChunks(app.server)
  bare.refuseUnusual(app.server)
  bodies(app, { maxBytes: config.maxBodyBytes, maxTotalBytes: config.maxBodiesBytes })
  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler(({ method, url }, reply) => {
    // People open the address of a block in a browser.
    if (method === 'POST' || !/^\/(?:blocks|apps)\/\w/.test(url)) throw createError('DYN_ROUTE_UNKNOWN')
    reply.header('allow', 'POST')
    throw createError('DYN_METHOD_UNKNOWN', { got: method })
  })
  app.addHook('onRequest', ({ raw: { headers, httpVersion } }, _reply, done) => {
    if (headers.host === undefined && httpVersion === '1.1')
      done(createError('DYN_REQUEST_REFUSED', { got: 'no Host' }))
    else done()
  })
  app.addHook('preClose', async () => {
    // Otherwise connections that callers keep open would delay the close for too long.
    app.server.keepAliveTimeout = 1
  })
  flood.register(app)
  return app
}

/** Makes ids that no other process makes: blocks may use them as idempotency keys. */
function createIds(): () => string {
  const ours = randomBytes(12).toString('base64url')
  let count = 0
  return () => `${ours}-${(count++).toString(36)}`
}
