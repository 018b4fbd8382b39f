import bearerAuth from '@fastify/bearer-auth'
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import { createError } from '../errors.ts'

/**
 * Lets in only requests with one `Authorization: Bearer <secret>`, compared in constant time before the body is read. The
 * scheme may be written in either case, as people type the header by hand.
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
    // Node keeps the first of two such headers; which of them a proxy before us keeps can't be known.
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
