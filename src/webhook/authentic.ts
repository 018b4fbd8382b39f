/** Who has proved that they may call: by a secret, a token or a seal. */
import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the secret or seal was right; undefined where neither is asked for. */
    isAuthentic?: boolean
  }
}

declare module 'node:net' {
  interface Socket {
    /** Whether an authentic request came this way. */
    hasCarriedAuthentic?: boolean
  }
}

export function markAuthentic(request: FastifyRequest): void {
  request.isAuthentic = true
  request.raw.socket.hasCarriedAuthentic = true
}

/** Behind a proxy that we trust, a connection is that of the proxy, and says nothing about the caller. */
export function isOnAuthenticConnection({ ip, raw: { socket } }: FastifyRequest): boolean {
  return socket.hasCarriedAuthentic === true && (socket as Socket).remoteAddress === ip
}
