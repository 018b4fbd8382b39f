/** Lets only the developer, in a browser on this machine, use what only development has. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { BlockList, isIPv6 } from 'node:net'
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { createError } from '../../errors/errors.ts'

export interface GuardOptions {
  /** Made at the start of the server, and part of the address that it prints. */
  token: string
  /** Whether HOST was left to its default, so that nothing but this machine has a reason to connect. */
  loopbackOnly: boolean
}

const loopbackName = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::(\d{1,5}))?$/i
/** Headers that proxies and tunnels add. Through those, strangers can reach a server that listens only on this machine. */
const forwarded = /^(?:forwarded|via|cdn-loop|x-real-ip|x-forwarded-.+|cf-.+)$/

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/**
 * Refuses requests that a stranger's page could make a browser send: under another name for this machine (DNS rebinding),
 * or from another origin. Refuses requests through a proxy or tunnel that says so, and everything without the token, since
 * a proxy may say nothing. A browser that brings the token in the address gets it as a cookie.
 */
export function createGuard({ token, loopbackOnly }: GuardOptions): onRequestAsyncHookHandler {
  const expected = digest(token)
  return async (request, reply) => {
    const port = requireLocal(request, loopbackOnly)
    const cookie = `dynablock-${port}`
    if (isToken(request.query)) {
      reply.header('set-cookie', `${cookie}=${token}; Path=/; HttpOnly; SameSite=Strict`)
      return keepFromCaches(reply)
    }
    const [, given = ''] = new RegExp(`(?:^|; ?)${cookie}=([\\w-]+)`).exec(request.headers.cookie ?? '') ?? []
    if (!timingSafeEqual(digest(given), expected)) throw createError('DYN_SIMULATOR_TOKEN')
  }

  function isToken(query: unknown): boolean {
    const { token: given } = query as { token?: unknown }
    return typeof given === 'string' && timingSafeEqual(digest(given), expected)
  }
}

/** Returns the port by which the caller knows this server: browsers send a cookie to every port of a host. */
function requireLocal({ headers, socket }: FastifyRequest, loopbackOnly: boolean): string {
  if (loopbackOnly && !isLoopback(socket.remoteAddress ?? '')) {
    throw createError('DYN_SIMULATOR_HOST', { got: 'a connection from another machine' })
  }
  const { host = '', origin } = headers
  if (Object.keys(headers).some(name => forwarded.test(name))) {
    throw createError('DYN_SIMULATOR_HOST', { got: 'a request through a proxy' })
  }
  const named = loopbackName.exec(host)
  if (!named) throw createError('DYN_SIMULATOR_HOST', { got: 'another host' })
  const site = headers['sec-fetch-site']
  const isOther = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`
  if (isOther || (site === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate')) {
    throw createError('DYN_SIMULATOR_ORIGIN')
  }
  return named[1] ?? '80'
}

export function isLoopback(address: string): boolean {
  return loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

function keepFromCaches(reply: FastifyReply): void {
  reply.header('cache-control', 'no-store')
}

/** Of equal length, as `timingSafeEqual` requires. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
