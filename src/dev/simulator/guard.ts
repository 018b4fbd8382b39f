/** Who may drive the simulator: its own page, in a browser on this machine. */
import type { FastifyInstance } from 'fastify'
import { createError } from '../../errors.ts'

const loopback = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i
/** What proxies and tunnels add: by them strangers reach a server that listens on this machine. */
const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host'] as const

/**
 * Refuses what a page of a stranger could make a browser ask: another name for this machine (DNS rebinding), another
 * origin. Whoever comes through the tunnel that PUBLIC_URL names is refused as well.
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
