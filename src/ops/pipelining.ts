/** Closes connections on which a stranger sends requests without waiting for their answers. */
import type { RequestListener, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Neither ManyChat nor any proxy sends a second request before the first is answered. */
const mostUnanswered = 4

/**
 * A packet holds a thousand short requests, which Node hands over all at once: ManyChat's calls would wait for all of them.
 * So a connection that hasn't carried an authentic request is closed when it has sent a few that wait, and the rest is
 * dropped.
 */
export function limitPipelining(server: Server): void {
  const unanswered = new WeakMap<Socket, number>()
  const [handle] = server.listeners('request') as [RequestListener]
  server.off('request', handle)
  server.on('request', (request, response) => {
    const { socket } = request
    if (socket.hasCarriedAuthentic || mayGoOn(socket, response)) handle(request, response)
  })

  function mayGoOn(socket: Socket, response: ServerResponse): boolean {
    const count = (unanswered.get(socket) ?? 0) + 1
    if (socket.destroyed || count > mostUnanswered) {
      socket.destroy()
      return false
    }
    unanswered.set(socket, count)
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
    return true
  }
}
