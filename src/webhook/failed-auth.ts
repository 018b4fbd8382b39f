import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isOnAuthenticConnection } from './authentic.ts'

/** Someone who configured a wrong secret should still see why; 100 tries a minute never guess 32 characters. */
export const failuresAMinute = 100

/** Counts a failure; resolves to how many seconds the address is blocked for failing too often, null if it isn't. */
export type CountFailure = (request: FastifyRequest) => Promise<number | null>

/**
 * Counts failed authentications by address. Only failures are counted and refused: all of ManyChat's customers, and perhaps
 * a stranger, share a few addresses, so a request with the right secret is let in whatever came before. A connection that
 * has carried an authentic request isn't a stranger's: what fails on it counts for nobody.
 */
export function createFlood() {
  let limit: ReturnType<FastifyInstance['createRateLimit']> | undefined
  return { register, countFailure }

  /** In a scope of its own, or what the plugin adds to requests would slow down every call from ManyChat. */
  function register(app: FastifyInstance): void {
    app.register(async scope => {
      await scope.register(rateLimit, { global: false })
      limit = scope.createRateLimit({ max: failuresAMinute, timeWindow: 60_000 })
    })
  }

  async function countFailure(request: FastifyRequest): Promise<number | null> {
    if (isOnAuthenticConnection(request)) return null
    const counted = await limit?.(request)
    return counted && !counted.isAllowed && counted.isExceeded ? counted.ttlInSeconds : null
  }
}
