import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { withinDeadline } from '../calls/deadline.ts'
import { createError } from '../errors/errors.ts'

/** Connections whose route reads the body as it arrives: Node's limit for the whole request would count the route's own work. */
export const readByRoute = new WeakSet<Socket>()
/** Those that Node gave up: it no longer closes them when the server ends, so they close after their answer. */
export const givenUp = new WeakSet<Socket>()

/** Once the caller has been read to the end, and answered: before, it would lose the answer. */
export function closeIfGivenUp(body: Readable, socket: Socket, answer: Writable): void {
  void Promise.allSettled([finished(body), finished(answer)]).then(() => {
    if (givenUp.has(socket)) socket.destroySoon()
  })
}

/**
 * The body as it arrives. All in all the caller is waited for no longer than `withinMs`; what its reader does meanwhile
 * doesn't count.
 *
 * @throws DynablockError `DYN_BODY_SLOW`
 */
export async function* readChunks(body: Readable, socket: Socket, withinMs: number): AsyncGenerator<Buffer> {
  readByRoute.add(socket)
  body.once('close', () => readByRoute.delete(socket))
  try {
    // Who stops reading still answers: a stream that is destroyed takes its socket along.
    yield* waitWithin(body.iterator({ destroyOnReturn: false }), withinMs)
  } finally {
    // What was left unread would hold up the connection.
    body.resume()
  }
}

async function* waitWithin(chunks: AsyncIterator<Buffer>, withinMs: number): AsyncGenerator<Buffer> {
  let isAsking = false
  try {
    for (let leftMs = withinMs; ; ) {
      const startedAt = performance.now()
      const onLate = () => createError('DYN_BODY_SLOW', { limit: withinMs / 1000 })
      isAsking = true
      const next = await withinDeadline(chunks.next(), leftMs, onLate)
      isAsking = false
      if (next.done) return
      leftMs -= performance.now() - startedAt
      yield next.value
    }
  } finally {
    // Until it returns, the body can't be read in any other way; one that is waiting never returns.
    if (!isAsking) await chunks.return?.()
  }
}
