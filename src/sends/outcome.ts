import { createError, DynablockError, type ErrorCode } from '../errors.ts'
import { OutboundError } from '../manychat/outbound-error.ts'
import type { Send } from './send.ts'

export type SendError = NonNullable<Send['lastError']>

/** What becomes of a send after a call. */
export type Outcome =
  | { kind: 'done' }
  | {
      kind: 'retry'
      /** Milliseconds since 1970. */
      at: number
      error: SendError | null
      countsAsAttempt: boolean
      /** Whose limit held it up: the platform's answer, or our own rate before anything left. */
      limit?: 'platform' | 'ours'
    }
  | { kind: 'bury'; error: SendError }
  /** The contact can be reached by the fallback flow of the page only. */
  | { kind: 'fallback'; error: SendError }

export interface Ended {
  send: Pick<Send, 'attempts' | 'createdAt' | 'onUnknown'>
  /** What the call threw; null when it was carried out. */
  error: unknown
  /** Milliseconds since 1970. */
  now: number
  /** From 0 to 1, so that sends which failed together don't come back together. */
  random: number
  /** Whether the page has a fallback flow and the operation can go by it. */
  hasFallback?: boolean
  /** How often in a row the platform said that the limit is reached. */
  timesLimited?: number
}

const firstRetryMs = 1000
const longestRetryMs = 300_000
/** A Retry-After beyond it is taken for nonsense. */
const longestLimitMs = 3_600_000
export const giveUpAfterMs = 24 * 3_600_000
/** A send that was planned for later, or retried by a person, has not had its tries when it is a day old. */
const fewestAttempts = 10

/** 24 hours passed since the contact wrote last. */
const windowClosed: ReadonlySet<number | null> = new Set([3011, 3031])

/** What another try can't change. */
const hopeless: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DYN_CALL_REFUSED',
  'DYN_CALL_PARAMS',
  'DYN_CONTENT_INVALID',
  'DYN_FIELD_VALUE',
])

/** Decides what becomes of a send. Pure: the same call that ended the same way gives the same outcome. */
export function decideOutcome(ended: Ended): Outcome {
  const { send, error, now, hasFallback = false } = ended
  if (error === null) return { kind: 'done' }
  const { code, carriedOut, platformCode, httpStatus, retryAfterMs } = circumstancesOf(error)
  const told = describeError(error)
  if (code === 'DYN_CALL_LIMITED') {
    const ours = httpStatus === null
    const waitMs = ours ? (retryAfterMs ?? 0) : limitMs(retryAfterMs, ended)
    const limit = ours ? 'ours' : 'platform'
    return { kind: 'retry', at: now + Math.ceil(waitMs), error: told, countsAsAttempt: false, limit }
  }
  if (hasFallback && code === 'DYN_CALL_REFUSED' && windowClosed.has(platformCode)) {
    return { kind: 'fallback', error: told }
  }
  if (hopeless.has(code)) return { kind: 'bury', error: told }
  if (carriedOut === 'unknown' && send.onUnknown === 'hold') return { kind: 'bury', error: told }
  if (now - send.createdAt >= giveUpAfterMs && send.attempts >= fewestAttempts) return { kind: 'bury', error: told }
  const at = now + Math.round(backoffMs(send.attempts, ended.random))
  return { kind: 'retry', at, error: told, countsAsAttempt: true }
}

/** Code and message for `last_error`; errors that are not of the table may hold anything, and are not quoted. */
export function describeError(error: unknown): SendError {
  const { code, message } = error instanceof DynablockError ? error : createError('DYN_INTERNAL')
  return { code, message }
}

/** Twice as long after each attempt, from 1–2 s to 2.5–5 min. */
function backoffMs(attempts: number, random: number): number {
  return Math.min(longestRetryMs / 2, firstRetryMs * 2 ** Math.max(0, attempts - 1)) * (1 + random)
}

/** What the platform asked for, with a little on top for the same reason as above; else longer each time. */
function limitMs(retryAfterMs: number | null, { timesLimited = 1, random }: Ended): number {
  if (retryAfterMs === null) return backoffMs(timesLimited, random)
  return Math.min(longestLimitMs, retryAfterMs) + firstRetryMs * random
}

/** An error that is none of a client's: a page without key has sent nothing, anything else may have happened anywhere. */
function circumstancesOf(error: unknown): Pick<OutboundError, keyof typeof unanswered> {
  if (error instanceof OutboundError) return error
  const code = error instanceof DynablockError ? error.code : 'DYN_INTERNAL'
  return { ...unanswered, code, carriedOut: code === 'DYN_INTERNAL' ? 'unknown' : 'no' }
}

const unanswered = {
  code: 'DYN_INTERNAL' as ErrorCode,
  carriedOut: 'unknown' as OutboundError['carriedOut'],
  platformCode: null as number | null,
  httpStatus: null as number | null,
  retryAfterMs: null as number | null,
}
