import bearerAuth from '@fastify/bearer-auth'
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import { createError } from '../errors/errors.ts'

/**
 * Requires exactly one `Authorization: Bearer <secret>` header, compared in constant time before the body is read. The
 * scheme is not case-sensitive, as people type the header by hand.
 */
export async function requireSecret(app: FastifyInstance, secrets: readonly string[]): Promise<void> {
  await app.register(bearerAuth, {
    addHook: false,
    keys: new Set(secrets),
    specCompliance: 'rfc6749',
    verifyErrorLogLevel: 'debug',
  })
  const verify = app.verifyBearerAuth as onRequestHookHandler
  app.addHook('onRequest', function (request, reply, done) {
    // Node keeps the first of two such headers; a proxy in front of us may have gone by the other one.
    if (isDoubled(request.raw.rawHeaders)) done(createError('DYN_UNAUTHORIZED'))
    else verify.call(this, request, reply, done)
  })
}

function isDoubled(rawHeaders: string[]): boolean {
  let given = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length === 13 && name.toLowerCase() === 'authorization') given++
  }
  return given > 1
}
