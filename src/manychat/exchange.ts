import type { ErrorCode } from '../errors.ts'
import { type Clock, systemClock } from './clock.ts'
import { createDeadlines } from './deadline.ts'
import { createRateLimits, type Rate, type RateLimits } from './limits.ts'
import { maskText } from './mask.ts'
import { type Circumstances, createOutboundError, OutboundError, type Service } from './outbound-error.ts'
import type { Request } from './request.ts'
import { createTurns } from './turns.ts'

/** Writes to a log; pino is one. It is given names, numbers and codes, no key and no text. */
export interface OutboundLog {
  debug(details: object, message: string): void
  warn(details: object, message: string): void
}

/** How one call ended, by names that are bounded. */
export interface OutboundReport {
  service: Service
  operation: string
  /** null when it was answered as it should be. */
  code: ErrorCode | null
  ms: number
}

/** One call to a service, with all that the policies around it need. */
export interface OutboundCall extends Request {
  service: Service
  operation: string
  page: string | null
  writes: boolean
  headers: Record<string, string>
  rates: readonly Rate[]
  /** Never shown: the keys, and what the caller passed. */
  secrets: readonly string[]
  params: unknown
  signal?: AbortSignal | undefined
}

export interface HttpAnswer {
  status: number
  retryAfterMs: number | null
  text: string
}

export interface OutboundOptions {
  /** Default: Node's own, which keeps connections alive. */
  fetch?: typeof fetch | undefined
  /** How long an answer may take, its body included; default 15000. */
  timeoutMs?: number | undefined
  /** How long a call may wait for its turn under the rate; beyond it `DYN_CALL_LIMITED` is thrown. Default 60000. */
  maxWaitMs?: number | undefined
  /** Who keeps the rates; default: this client alone. Clients of one key must share one `createRateLimits()`. */
  limits?: RateLimits | undefined
  /** Is told of each call: service, operation, page, status, milliseconds, code; never of a key or a text. */
  log?: OutboundLog | undefined
  /** Is told how each call ended: with null when it was answered, else with what is thrown. */
  onOutcome?: ((error: OutboundError | null) => void) | undefined
  /** Is told the same of all clients alike, to be counted. */
  onCall?: ((report: OutboundReport) => void) | undefined
  clock?: Clock | undefined
}

export interface CallOptions {
  /** Gives up waiting; the call may have been carried out. */
  signal?: AbortSignal | undefined
}

/** Turns an answer into what the caller wants, or throws an OutboundError. */
export type Read<T> = (answer: HttpAnswer, call: OutboundCall) => T
export type Exchange = <T>(call: OutboundCall, read: Read<T>) => Promise<T>

/**
 * The way out: rate limit, then log, then timeout, around one fetch. Nothing is called twice here: only the caller knows
 * whether that is safe.
 */
export function createExchange({
  // Looked up at each call, so that a fetch which is replaced later, as tracing does, is used.
  fetch = (...request) => globalThis.fetch(...request),
  timeoutMs = 15_000,
  maxWaitMs = 60_000,
  clock = systemClock,
  limits = createRateLimits({ clock }),
  log,
  onOutcome,
  onCall,
}: OutboundOptions): Exchange {
  const deadlines = createDeadlines(timeoutMs)
  const turns = createTurns({ limits, clock, maxWaitMs })
  return async (call, read) => {
    await awaitTurn(call)
    return logged(call, () => send(call, read))
  }

  async function awaitTurn(call: OutboundCall): Promise<void> {
    const { granted, waitMs } = await turns.wait(call.rates, call.signal).catch(error => {
      throw call.signal?.aborted ? failed(call, 'no', 'an abort while it waited for its turn') : error
    })
    if (granted) return
    const got = `the rate of ${describeRates(call.rates)} is used up for ${Math.ceil(waitMs)} ms`
    throw createOutboundError('DYN_CALL_LIMITED', { ...circumstances(call, 'no'), retryAfterMs: waitMs }, { got })
  }

  async function logged<T>(call: OutboundCall, send: () => Promise<{ status: number; result: T }>): Promise<T> {
    const { service, operation, page } = call
    const startedAt = clock.now()
    try {
      const { status, result } = await send()
      const ms = clock.now() - startedAt
      log?.debug({ service, operation, page, status, ms }, 'outbound call')
      onCall?.({ service, operation, code: null, ms })
      onOutcome?.(null)
      return result
    } catch (error) {
      const { code, httpStatus: status, platformCode, carriedOut } = error as OutboundError
      const ms = clock.now() - startedAt
      log?.warn({ service, operation, page, status, ms, code, platformCode, carriedOut }, 'outbound call failed')
      onCall?.({ service, operation, code, ms })
      onOutcome?.(error as OutboundError)
      if (code === 'DYN_CALL_LIMITED') slowDown(call, error as OutboundError)
      throw error
    }
  }

  /** Whoever shares the limits waits as well, not only this call. */
  function slowDown({ rates }: OutboundCall, { retryAfterMs }: OutboundError): void {
    const [rate] = rates
    const pauseMs = Math.min(retryAfterMs ?? shortestPauseMs, longestPauseMs)
    if (rate) limits.slowDown?.(rate.name, clock.now() + pauseMs).catch(() => undefined)
  }

  async function send<T>(call: OutboundCall, read: Read<T>): Promise<{ status: number; result: T }> {
    const { method, url, body } = call
    const deadline = deadlines.open()
    const signal = call.signal ? AbortSignal.any([call.signal, deadline.signal]) : deadline.signal
    try {
      // A redirect is not followed: it would turn a POST into a GET and carry the key elsewhere.
      const response = await fetch(url, {
        method,
        headers: call.headers,
        signal,
        redirect: 'manual',
        ...(body !== undefined && { body }),
      })
      const { status, headers } = response
      const retryAfterMs = status < 400 ? null : readRetryAfter(headers.get('retry-after'), clock.now())
      return { status, result: read({ status, retryAfterMs, text: await response.text() }, call) }
    } catch (error) {
      if (error instanceof OutboundError) throw error
      if (call.signal?.aborted) throw failed(call, 'unknown', 'an abort')
      if (deadline.signal.aborted) throw failed(call, 'unknown', `none within ${timeoutMs} ms`)
      throw explainFailure(call, error)
    } finally {
      deadline.close()
    }
  }
}

/** A service that is over its limit counts by the second; one that asks for hours is not believed. */
const shortestPauseMs = 1000
const longestPauseMs = 60_000

/** What every error of a call tells; a call that writes nothing can't have been carried out. */
export function circumstances(call: OutboundCall, carriedOut: Circumstances['carriedOut']): Circumstances {
  const { service, operation, page, writes } = call
  return { service, operation, page, carriedOut: writes ? carriedOut : 'no' }
}

/** The error for an answer that is not what it should be. */
export function answerError<Code extends ErrorCode>(
  code: Code,
  call: OutboundCall,
  { status, retryAfterMs }: HttpAnswer,
  carriedOut: Circumstances['carriedOut'],
  values: Parameters<typeof createOutboundError<Code>>[2],
  platformCode: number | null = null,
): OutboundError {
  const around = { ...circumstances(call, carriedOut), httpStatus: status, retryAfterMs, platformCode }
  return createOutboundError(code, around, values)
}

function failed(call: OutboundCall, carriedOut: 'no' | 'unknown', got: string, cause?: Error): OutboundError {
  return createOutboundError('DYN_CALL_FAILED', circumstances(call, carriedOut), { got }, cause && { cause })
}

/** Failures before the request left: no connection, no such host, no trust in its certificate. */
const neverLeft =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

function explainFailure(call: OutboundCall, error: unknown): OutboundError {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const { code, message } = (reason ?? {}) as { code?: unknown; message?: unknown }
  const name = typeof code === 'string' ? code : 'a failure of the connection'
  // The error itself may hold the bytes of the answer, or the address with what was asked for.
  const cause = Object.assign(new Error(maskText(String(message), call.secrets, call.params)), { code })
  return failed(call, neverLeft.test(name) ? 'no' : 'unknown', name, cause)
}

function describeRates(rates: readonly Rate[]): string {
  return rates
    .map(rate => ('perSecond' in rate ? `${rate.perSecond} a second` : `${rate.count} in ${rate.windowMs} ms`))
    .join(' and ')
}

/** Seconds or a date, in milliseconds from now. */
function readRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isNaN(ms) ? null : Math.max(0, ms)
}
