import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { createError, DynablockError, dataOf, type ErrorCode } from '../errors/errors.ts'
import { problemOf, problemType } from '../errors/problem-details.ts'
import { type CountFailure, failuresAMinute } from './failed-auth.ts'

/** A flood of bad calls must not flood the log: within this time, each code is logged once and then only counted. */
const refusalsLoggedEveryMs = 5000
/** When to try again after a refusal for overload: by then the load has been measured again. */
const retryAfterSeconds = '2'
/** Refusals because of the load, which is nobody's error. */
const loadCodes: readonly ErrorCode[] = ['DYN_OVERLOADED', 'DYN_BODIES_FULL']

export interface SendProblemOptions {
  /** Milliseconds since 1970. */
  now(): number
  /** Whether the server is overloaded. */
  isOverloaded?: (() => boolean) | undefined
  countFailure?: CountFailure | undefined
  watch?: RefusalWatch | undefined
}

/** Counts refusals for the metrics. All arguments come from small, bounded sets of names. */
export interface RefusalWatch {
  refused(code: string): void
  unauthorized(route: string): void
}

/**
 * The app's error handler: every error is sent as `application/problem+json`. Refused calls are logged, because ManyChat
 * shows them nowhere.
 */
export function createSendProblem({ now, isOverloaded, countFailure, watch }: SendProblemOptions) {
  const logged = new Map<string, { at: number; since: number }>()
  return handleError

  /** A failed authentication is counted before it is answered; everything else is answered at once. */
  function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
    const known = error instanceof DynablockError ? error : fromFastify(error)
    return isOfStranger(known, request)
      ? refuseStranger(known, request, reply)
      : sendProblem(known, error, request, reply)
  }

  async function refuseStranger(known: DynablockError, request: FastifyRequest, reply: FastifyReply) {
    if (known.status === 401) watch?.unauthorized(request.routeOptions.url ?? 'none')
    if (isOverloaded?.()) return sendProblem(createError('DYN_OVERLOADED'), known, request, reply)
    const waitSeconds = (await countFailure?.(request)) ?? null
    if (waitSeconds === null) {
      if (known.status === 401) reply.header('www-authenticate', 'Bearer')
      return sendProblem(known, known, request, reply)
    }
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
    const isLoad = loadCodes.includes(code)
    if (isLoad) reply.header('retry-after', retryAfterSeconds)
    if (status >= 500 && !isLoad) request.log.error({ err: error, call: request.id }, known.title)
    else logRefusal(known, request)
    return reply
      .code(status)
      .header('content-type', problemType)
      .send(JSON.stringify(problemOf(known)))
  }

  function logRefusal(known: DynablockError, request: FastifyRequest): void {
    const { code, status, message } = known
    const last = logged.get(code) ?? { at: Number.NEGATIVE_INFINITY, since: 0 }
    if (now() - last.at < refusalsLoggedEveryMs) {
      logged.set(code, { ...last, since: last.since + 1 })
      return
    }
    logged.set(code, { at: now(), since: 0 })
    const { method, url, id: call } = request
    const path = loggedPath(url)
    const told = { code, status, method, path, call, more: last.since, problem: message, ...dataOf(known) }
    request.log.warn(told, 'call refused')
  }
}

/** Without what may be a secret: the end of /apps/installed/, and whatever is as long as secrets are. */
function loggedPath(url: string): string {
  const [path = ''] = url.split('?')
  return path.replace(/(\/installed\/+)[^/]+/i, '$1…').replace(/[^/]{32,}/g, '…')
}

/** What a stranger sends is a failed authentication, also where it could not even be read. */
function isOfStranger({ status }: DynablockError, { isAuthentic }: FastifyRequest): boolean {
  return status === 401 || (isAuthentic === false && status < 500)
}

function fromFastify({ code, statusCode = 500 }: FastifyError): DynablockError {
  if (statusCode === 401) return createError('DYN_UNAUTHORIZED')
  if (statusCode === 413) return createError('DYN_BODY_TOO_LARGE')
  if (statusCode === 415) return createError('DYN_MEDIA_TYPE', { got: 'another media type' })
  if (statusCode >= 400 && statusCode < 500) return createError('DYN_REQUEST_REFUSED', { got: code })
  return createError('DYN_INTERNAL')
}
