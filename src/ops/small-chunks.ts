/** Closes connections on which a stranger sends a body in many small chunks. */
import type { IncomingMessage, Server } from 'node:http'

/** Of one body: ManyChat's arrive whole, and what a proxy cuts has kilobytes a chunk. */
const mostChunks = 1000

/**
 * A megabyte holds 170,000 chunks of one byte. Node hands over each by itself, even those of a body that nobody reads, which
 * takes a quarter of a second: ManyChat's calls would wait for all of them. So a connection that hasn't carried an authentic
 * request is closed when the chunks of a body are many, also after its answer.
 */
export function limitChunks(server: Server): void {
  server.prependListener('request', request => {
    if (request.headers['transfer-encoding'] !== undefined && !request.socket.hasCarriedAuthentic) count(request)
  })
}

function count(request: Dumped): void {
  const { socket } = request
  const push = request.push.bind(request)
  let chunks = 0
  request.push = chunk => {
    // The rest of the packet, which Node reads all the same.
    if (socket.destroyed) return true
    if (++chunks <= mostChunks || socket.hasCarriedAuthentic) return push(chunk)
    socket.destroy()
    return true
  }
  // Node's own would keep the chunks after the answer from being counted.
  request._dump = () => request.resume()
}

/** What Node calls when an answer is complete before the body is. */
type Dumped = IncomingMessage & { _dump?(): void }
