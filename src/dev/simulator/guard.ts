/** Lets only the simulator's own page, in a browser on this machine, use the simulator. */
import type { FastifyInstance } from 'fastify'
import { createError } from '../../errors/errors.ts'

const loopback = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i
/** Headers that proxies and tunnels add. Through those, strangers can reach a server that listens only on this machine. */
const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host'] as const

/**
 * Refuses requests that a stranger's page could make a browser send: under another name for this machine (DNS rebinding),
 * or from another origin. Also refuses requests through the tunnel of PUBLIC_URL.
 */
export function guard(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ headers }) => {
    const { host = '', origin } = headers
    if (forwarded.some(name => headers[name] !== undefined)) {
      throw createError('DYN_SIMULATOR_HOST', { got: 'a request through a proxy' })
    }
    if (!loopback.test(host)) throw createError('DYN_SIMULATOR_HOST', { got: 'another host' })
    const site = headers['sec-fetch-site']
    const isOther = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`
    if (isOther || (site === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate')) {
      throw createError('DYN_SIMULATOR_ORIGIN')
    }
  })
}
