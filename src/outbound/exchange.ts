import type { ErrorCode } from '../errors/errors.ts'
import type { Log } from '../log.ts'
import type { Request } from '../manychat/request.ts'
import { readText } from './answer-text.ts'
import { type Clock, systemClock } from './clock.ts'
import { createDeadlines } from './deadline.ts'
import { createRateLimits, type Rate, type RateLimits } from './limits.ts'
import { maskText } from './mask.ts'
import { type Circumstances, createOutboundError, OutboundError, type Service } from './outbound-error.ts'
import { createRateGate } from './rate-gate.ts'

/** A pino logger fits. It is given names, numbers and codes, never a key or a text. */
export type OutboundLog = Pick<Log, 'debug' | 'warn'>

/** How one call ended, for metrics: its names come from small, bounded sets. */
export interface OutboundReport {
  service: Service
  operation: string
  /** null when the call succeeded. */
  code: ErrorCode | null
  ms: number
}

/** One call to a service, with everything that the policies around it need. */
export interface OutboundCall extends Request {
  service: Service
  operation: string
  page: string | null
  writes: boolean
  headers: Record<string, string>
  rates: readonly Rate[]
  /** Never shown: the keys, and in `params` what the caller passed. */
  secrets: readonly string[]
  params: unknown
  /** How long this one may take where the options name no limit. */
  timeoutMs?: number
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
  /** How long an answer may take, including its body; default 15000, for content with media 60000. */
  timeoutMs?: number | undefined
  /** How long a call may wait for its turn under the rate before `DYN_CALL_LIMITED` is thrown; default 60000. */
  maxWaitMs?: number | undefined
  /** Where calls are counted; default: in this client only. Clients with the same key must share one `createRateLimits()`. */
  limits?: RateLimits | undefined
  /** Gets a line for each call: service, operation, page, status, milliseconds, code; never a key or a text. */
  log?: OutboundLog | undefined
  /** Called when a call has ended: with null if it succeeded, else with the error that is thrown. */
  onOutcome?: ((error: OutboundError | null) => void) | undefined
  /** Called when a call has ended, with what metrics need. */
  onCall?: ((report: OutboundReport) => void) | undefined
  /** Called right before each call is sent; if it throws, the call is not sent. */
  beforeCall?: (() => void) | undefined
  clock?: Clock | undefined
}

export interface CallOptions {
  /** Stops waiting for the answer; the call may have been carried out. */
  signal?: AbortSignal | undefined
}

/** Turns an answer into what the caller wants, or throws an OutboundError. */
export type Read<T> = (answer: HttpAnswer, call: OutboundCall) => T
export type Exchange = <T>(call: OutboundCall, read: Read<T>) => Promise<T>

const defaultTimeoutMs = 15_000
/** The longest answers list the flows or tags of a page, about 100 bytes each. Two hundred may be under way at once. */
const mostAnswerBytes = 8 * 2 ** 20
/** At the documented rates, long enough to get past the second that was full. */
const pauseMs = 250

/**
 * Wraps one fetch in rate limit, log and timeout, in that order. Nothing is retried here: only the caller knows whether
 * that is safe.
 */
export function createExchange({
  // Looked up at each call, so that a fetch replaced later, as tracing does, is used.
  fetch = (input, init) => globalThis.fetch(input, init),
  timeoutMs: fixedTimeoutMs,
  maxWaitMs = 60_000,
  clock = systemClock,
  limits = createRateLimits({ clock }),
  log,
  onOutcome,
  onCall,
  beforeCall = () => {},
}: OutboundOptions): Exchange {
  const deadlines = createDeadlines()
  const gate = createRateGate({ limits, clock, maxWaitMs })
  return async (call, read) => {
    await awaitTurn(call)
    if (call.signal?.aborted) throw failed(call, 'no', 'an abort before it left')
    beforeCall()
    return logged(call, () => send(call, read))
  }

  async function awaitTurn(call: OutboundCall): Promise<void> {
    const { granted, waitMs } = await gate.wait(call.rates, call.signal).catch(error => {
      throw call.signal?.aborted ? failed(call, 'no', 'it was aborted while it waited for its turn') : error
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
      if (code === 'DYN_CALL_LIMITED') slowDown(call)
      throw error
    }
  }

  /** A short pause for everyone who shares the limit: the wait that the service asked for may concern one contact only. */
  function slowDown({ rates: [rate] }: OutboundCall): void {
    if (rate) limits.slowDown?.(rate.name, clock.now() + pauseMs).catch(() => undefined)
  }

  async function send<T>(call: OutboundCall, read: Read<T>): Promise<{ status: number; result: T }> {
    const { method, url, body, timeoutMs: ownTimeoutMs = defaultTimeoutMs } = call
    const timeoutMs = fixedTimeoutMs ?? ownTimeoutMs
    const deadline = deadlines.open(timeoutMs)
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
      const text = await readText(response, mostAnswerBytes)
      if (text === null) throw failed(call, 'unknown', `an answer of more than ${mostAnswerBytes / 2 ** 20} MiB`)
      return { status, result: read({ status, retryAfterMs, text }, call) }
    } catch (error) {
      if (error instanceof OutboundError) throw error
      if (call.signal?.aborted) throw failed(call, 'unknown', 'it was aborted')
      if (deadline.signal.aborted) throw failed(call, 'unknown', `no answer within ${timeoutMs} ms`)
      throw explainFailure(call, error)
    } finally {
      deadline.close()
    }
  }
}

/** What every error says about its call. A call that writes nothing can't have been carried out. */
export function circumstances(call: OutboundCall, carriedOut: Circumstances['carriedOut']): Circumstances {
  const { service, operation, page, writes } = call
  return { service, operation, page, carriedOut: writes ? carriedOut : 'no' }
}

/** The error for an answer that reports a failure or has the wrong form. */
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

/** Failures before the request was sent: no connection, an unknown host, an untrusted certificate. */
const neverLeft =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

function explainFailure(call: OutboundCall, error: unknown): OutboundError {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const { code, message } = (reason ?? {}) as { code?: unknown; message?: unknown }
  const name = typeof code === 'string' ? code : 'a failure of the connection'
  // The original error may hold bytes of the answer, or the URL with its parameters.
  const cause = Object.assign(new Error(maskText(String(message), call.secrets, call.params)), { code })
  return failed(call, neverLeft.test(name) ? 'no' : 'unknown', name, cause)
}

function describeRates(rates: readonly Rate[]): string {
  return rates
    .map(rate => ('perSecond' in rate ? `${rate.perSecond} a second` : `${rate.count} in ${rate.windowMs} ms`))
    .join(' and ')
}

/** Turns Retry-After, in seconds or as a date, into milliseconds from now. */
function readRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isNaN(ms) ? null : Math.max(0, ms)
}
