import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Who sets ManyChat up with a wrong secret should read what is wrong, some calls long; nobody guesses 32 characters so. */
export const failuresAMinute = 100

/** Whether an address has failed too often; in how many seconds it has not. */
export type CountFailure = (request: FastifyRequest) => Promise<number | null>

/**
 * Counts what fails authentication, by address. Only what has failed is counted and refused: ManyChat and a stranger may
 * come by the same proxy, so the right secret is let in whatever came before.
 */
export function createFlood() {
  let limit: ReturnType<FastifyInstance['createRateLimit']> | undefined
  return { register, countFailure }

  /** In a scope of its own: what the plugin adds to requests would cost each call of ManyChat. */
  function register(app: FastifyInstance): void {
    app.register(async scope => {
      await scope.register(rateLimit, { global: false })
      limit = scope.createRateLimit({ max: failuresAMinute, timeWindow: 60_000 })
    })
  }

  async function countFailure(request: FastifyRequest): Promise<number | null> {
    const counted = await limit?.(request)
    return counted && !counted.isAllowed && counted.isExceeded ? counted.ttlInSeconds : null
  }
}
