import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Outcome } from '../blocks/run.ts'
import { createError, DynablockError } from '../errors.ts'

const problemType = 'application/problem+json; charset=utf-8'
const answerType = 'application/json; charset=utf-8'

/** Sends v2 content with 200; ManyChat shows nothing for any other status or type. */
export function sendAnswer(reply: FastifyReply, { json, failure, warnings }: Outcome, dev: boolean): FastifyReply {
  if (dev && (failure || warnings)) reply.header('x-dynablock-problem', problemHeader(failure, warnings))
  return reply.header('content-type', answerType).send(`{"version":"v2","content":${json}}`)
}

/** Says to the author, in development, what the contact is not told. */
function problemHeader(failure: Outcome['failure'], warnings: Outcome['warnings'] = []): string {
  const parts = failure
    ? [`${failure.code}: ${failure.message}`, failure.cause instanceof Error ? String(failure.cause) : '']
    : warnings.map(({ path, rule, message }) => `${path} (${rule}): ${message}`)
  const line = parts.filter(part => part !== '').join(' | ')
  // A header takes one line of printable ASCII.
  return line
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 2000)
}

/** The body of a failure, RFC 9457. */
function problemOf({ code, title, status, message }: DynablockError) {
  return { code, title, status, detail: message }
}

/** The error handler of the app: everything that isn't an answer leaves as `application/problem+json`. */
export function sendProblem(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = error instanceof DynablockError ? error : fromFastify(error)
  if (known.status === 401) reply.header('www-authenticate', 'Bearer')
  if (known.status >= 500) request.log.error({ err: error }, known.title)
  return reply
    .code(known.status)
    .header('content-type', problemType)
    .send(JSON.stringify(problemOf(known)))
}

function fromFastify({ code, statusCode = 500 }: FastifyError): DynablockError {
  if (statusCode === 401) return createError('DYN_UNAUTHORIZED')
  if (statusCode === 413) return createError('DYN_BODY_TOO_LARGE')
  if (statusCode === 415) return createError('DYN_MEDIA_TYPE')
  if (statusCode >= 400 && statusCode < 500) return createError('DYN_REQUEST_REFUSED', { got: code })
  return createError('DYN_INTERNAL')
}
