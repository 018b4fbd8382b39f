import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Outcome } from '../blocks/run.ts'
import { createError, DynablockError } from '../errors.ts'
import { type CountFailure, failuresAMinute } from './flood.ts'

export const problemType = 'application/problem+json; charset=utf-8'
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
    : [...new Map(warnings.map(problem => [problem.rule, problem])).values()].map(
        ({ path, rule, message }) => `${path} (${rule}): ${message}`,
      )
  const line = parts.filter(part => part !== '').join(' | ')
  // A header takes one line of printable ASCII.
  return line
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 2000)
}

/** The body of a failure, RFC 9457. */
export function problemOf({ code, title, status, message }: DynablockError) {
  return { code, title, status, detail: message }
}

/** A flood of strangers must not become a flood of lines: of each code one is logged in this time, and the rest counted. */
const refusalsLoggedEveryMs = 5000
/** When who was refused for too much load may come again: by then its mean is taken anew. */
const retryAfterSeconds = '2'

export interface SendProblemOptions {
  /** Milliseconds since 1970. */
  now(): number
  /** Whether there is more to do than can be done in time. */
  isOverloaded?: (() => boolean) | undefined
  countFailure?: CountFailure | undefined
  watch?: RefusalWatch | undefined
}

/** Is told what was refused, by names that are bounded. */
export interface RefusalWatch {
  refused(code: string): void
  unauthorized(route: string): void
}

/**
 * The error handler of the app: everything that isn't an answer leaves as `application/problem+json`. A refused call is
 * logged, since ManyChat shows it nowhere.
 */
export function createSendProblem({ now, isOverloaded, countFailure, watch }: SendProblemOptions) {
  const logged = new Map<string, { at: number; since: number }>()
  return handleError

  /** A failed authentication is counted first, all else leaves at once. */
  function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
    const known = error instanceof DynablockError ? error : fromFastify(error)
    return known.status === 401 ? refuseStranger(known, request, reply) : sendProblem(known, error, request, reply)
  }

  async function refuseStranger(known: DynablockError, request: FastifyRequest, reply: FastifyReply) {
    watch?.unauthorized(request.routeOptions.url ?? 'none')
    if (isOverloaded?.()) return sendProblem(createError('DYN_OVERLOADED'), known, request, reply)
    const waitSeconds = (await countFailure?.(request)) ?? null
    if (waitSeconds === null) return sendProblem(known, known, request, reply.header('www-authenticate', 'Bearer'))
    const flood = createError('DYN_UNAUTHORIZED_OFTEN', { limit: failuresAMinute })
    return sendProblem(flood, known, request, reply.header('retry-after', String(waitSeconds)))
  }

  function sendProblem(
    known: DynablockError,
    error: Error,
    request: FastifyRequest,
    reply: FastifyReply,
  ): FastifyReply {
    const { code, status } = known
    watch?.refused(code)
    if (code === 'DYN_OVERLOADED') reply.header('retry-after', retryAfterSeconds)
    if (status >= 500 && code !== 'DYN_OVERLOADED') request.log.error({ err: error, call: request.id }, known.title)
    else logRefusal(known, request)
    return reply
      .code(status)
      .header('content-type', problemType)
      .send(JSON.stringify(problemOf(known)))
  }

  function logRefusal({ code, status, message }: DynablockError, request: FastifyRequest): void {
    const last = logged.get(code) ?? { at: Number.NEGATIVE_INFINITY, since: 0 }
    if (now() - last.at < refusalsLoggedEveryMs) {
      logged.set(code, { ...last, since: last.since + 1 })
      return
    }
    logged.set(code, { at: now(), since: 0 })
    const { method, url, id: call } = request
    const path = url.split('?')[0]
    request.log.warn({ code, status, method, path, call, more: last.since, problem: message }, 'call refused')
  }
}

function fromFastify({ code, statusCode = 500 }: FastifyError): DynablockError {
  if (statusCode === 401) return createError('DYN_UNAUTHORIZED')
  if (statusCode === 413) return createError('DYN_BODY_TOO_LARGE')
  if (statusCode === 415) return createError('DYN_MEDIA_TYPE', { got: 'another media type' })
  if (statusCode >= 400 && statusCode < 500) return createError('DYN_REQUEST_REFUSED', { got: code })
  return createError('DYN_INTERNAL')
}
