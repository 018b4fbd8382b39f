/** What Fastify never gets to see: Node refuses it by itself, or gives us the bare connection. */
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { createError, type DynablockError } from '../errors/errors.ts'
import { problemOf, problemType } from '../errors/problem-details.ts'
import { givenUp, readByRoute } from '../sends/body-chunks.ts'
import type { RefusalWatch } from '../webhook/respond.ts'
import type { ConnectionLimits } from './connections.ts'

const reasons: Record<number, string> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

export interface ClientErrorOptions {
  limits: Pick<ConnectionLimits, 'headersMs' | 'requestMs'>
  watch: Pick<RefusalWatch, 'refused'>
}

/** Answers as for any other refusal, and closes. It is counted, not logged: most who talk so look for any open port. */
export function createBareRefusals({ limits: { headersMs, requestMs }, watch }: ClientErrorOptions) {
  return { sendClientError, refuseUnusual }

  function sendClientError(error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && readByRoute.has(socket)) {
      givenUp.add(socket)
      return
    }
    // Who reset the connection has gone.
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else refuse(socket, knownOf(error))
  }

  /** Node would close after CONNECT without a word, and answer any `Expect` but 100-continue without a body. */
  function refuseUnusual(server: Server): void {
    server.on('connect', ({ method }, socket) => {
      // Node has taken its own listeners off.
      socket.on('error', () => socket.destroy())
      refuse(socket as Socket, createError('DYN_REQUEST_REFUSED', { got: `the method ${method}` }))
    })
    server.on('checkExpectation', ({ socket }: IncomingMessage) => {
      refuse(socket, createError('DYN_REQUEST_REFUSED', { got: 'an "Expect" other than 100-continue' }))
    })
  }

  function refuse(socket: Socket, known: DynablockError): void {
    watch.refused(known.code)
    socket.end(responseOf(known), () => socket.destroy())
  }

  function knownOf({ code = 'an error' }: NodeJS.ErrnoException): DynablockError {
    if (code === 'HPE_HEADER_OVERFLOW') return createError('DYN_HEADERS_TOO_LARGE')
    if (code !== 'ERR_HTTP_REQUEST_TIMEOUT') return createError('DYN_REQUEST_REFUSED', { got: code })
    return createError('DYN_REQUEST_SLOW', { headers: headersMs / 1000, request: requestMs / 1000 })
  }
}

function responseOf(known: DynablockError): string {
  const body = JSON.stringify(problemOf(known))
  const { status } = known
  return [
    `HTTP/1.1 ${status} ${reasons[status]}`,
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
