import { timingSafeEqual } from 'node:crypto'
import bearerAuth from '@fastify/bearer-auth'
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify'
import { createError } from '../errors/errors.ts'
import type { WebhookSecret } from '../settings/credentials.ts'
import { markAuthentic } from './authentic.ts'

/**
 * Requires exactly one `Authorization: Bearer <secret>` header, compared in constant time before the body is read. The
 * scheme is not case-sensitive, as people type the header by hand.
 *
 * @param permit throws when what was shown is valid, and not for this request
 */
export async function requireBearer<Credential extends { secret: string }>(
  app: FastifyInstance,
  credentials: readonly Credential[],
  permit: (shown: Credential, request: FastifyRequest) => void,
): Promise<void> {
  const find = createFinder(credentials)
  await app.register(bearerAuth, {
    addHook: false,
    keys: new Set<string>(),
    auth: (secret: string, request: FastifyRequest) => {
      const shown = find(secret)
      if (shown) permit(shown, request)
      return shown !== undefined
    },
    specCompliance: 'rfc6749',
    verifyErrorLogLevel: 'debug',
  })
  const verify = app.verifyBearerAuth as onRequestHookHandler
  app.addHook('onRequest', function (request, reply, done) {
    // Node keeps the first of two such headers; a proxy in front of us may have gone by the other one.
    if (isDoubled(request.raw.rawHeaders)) done(createError('DYN_UNAUTHORIZED'))
    else verify.call(this, request, reply, done)
  })
  app.addHook('onRequest', (request, _reply, done) => {
    markAuthentic(request)
    done()
  })
}

/**
 * Requires one of WEBHOOK_SECRETS.
 *
 * @param blockOf the block that a request is for; null where only a secret of all blocks may
 */
export function requireSecret(
  app: FastifyInstance,
  secrets: readonly WebhookSecret[],
  blockOf: (request: FastifyRequest) => string | null,
): Promise<void> {
  return requireBearer(app, secrets, ({ blocks }, request) => {
    if (blocks === null) return
    const block = blockOf(request)
    // In the same words whether there is such a block or not.
    if (block === null || !blocks.has(block)) throw createError('DYN_SECRET_LIMITED')
  })
}

/** Makes the function that finds what has a secret, in the same time however much of a guess is right. */
export function createFinder<Credential extends { secret: string }>(credentials: readonly Credential[]) {
  const known = credentials.map(credential => ({ credential, bytes: Buffer.from(credential.secret) }))
  return (secret: string): Credential | undefined => {
    const given = Buffer.from(secret)
    return known.filter(({ bytes }) => isEqual(bytes, given))[0]?.credential
  }
}

function isEqual(bytes: Buffer, given: Buffer): boolean {
  const isAsLong = bytes.length === given.length
  return timingSafeEqual(bytes, isAsLong ? given : bytes) && isAsLong
}

function isDoubled(rawHeaders: string[]): boolean {
  let given = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length === 13 && name.toLowerCase() === 'authorization') given++
  }
  return given > 1
}
