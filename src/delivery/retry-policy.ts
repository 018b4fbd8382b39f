import { createError, DynablockError, type ErrorCode } from '../errors/errors.ts'
import { OutboundError } from '../outbound/outbound-error.ts'
import type { Job, JobError } from '../queue/job.ts'

/** What becomes of a send after a call. */
export type Outcome =
  | { kind: 'done' }
  | {
      kind: 'retry'
      /** Milliseconds since 1970. */
      at: number
      error: JobError | null
      countsAsAttempt: boolean
      /** Refusals in a row for the platform's limit. */
      failures?: number
      /** Whose limit held it up: the platform's answer, or our own rate before anything left. */
      limit?: 'platform' | 'ours'
    }
  /** `isHeld`: nobody knows whether it arrived. */
  | { kind: 'dead'; error: JobError; isHeld?: true }
  /** The contact can be reached by the fallback flow of the page only. */
  | { kind: 'fallback'; error: JobError }
  /** The content is taken without an action that names a tag or field the page doesn't have. */
  | { kind: 'unknown_name'; error: JobError }

export interface Ended {
  send: Pick<Job, 'attempts' | 'failures' | 'dueAt' | 'onUnknown'>
  /** What the call threw; null when it was carried out. */
  error: unknown
  /** Milliseconds since 1970. */
  now: number
  /** From 0 to 1, so that sends which failed together don't come back together. */
  random: number
  /** Whether the page has a fallback flow and the operation can go by it. */
  hasFallback?: boolean
  /** Whether content was sent, so that it could go without its actions. */
  hasContent?: boolean
}

const firstRetryMs = 1000
const longestRetryMs = 300_000
/** A Retry-After beyond it is taken for nonsense. */
const longestLimitMs = 3_600_000
export const giveUpAfterMs = 24 * 3_600_000
/** A server that was down for a day gives what waited the usual number of tries. */
const fewestAttempts = 10

/** 24 hours passed since the contact wrote last. */
const windowClosed: ReadonlySet<number | null> = new Set([3011, 3031])

/** What another try can't change. */
const hopeless: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DYN_CALL_REFUSED',
  'DYN_CALL_NAME_UNKNOWN',
  'DYN_CALL_PARAMS',
  'DYN_CONTENT_INVALID',
  'DYN_FIELD_VALUE',
])

/** Decides what becomes of a send. Pure: the same call that ended the same way gives the same outcome. */
export function decideOutcome(ended: Ended): Outcome {
  const { send, error, now, hasFallback = false, hasContent = false } = ended
  if (error === null) return { kind: 'done' }
  const { code, carriedOut, platformCode, httpStatus, retryAfterMs } = circumstancesOf(error)
  const told = describeError(error)
  const isOld = now - send.dueAt >= giveUpAfterMs
  if (code === 'DYN_CALL_LIMITED' && httpStatus === null) {
    const at = now + Math.ceil(retryAfterMs ?? 0)
    return { kind: 'retry', at, error: told, countsAsAttempt: false, failures: send.failures, limit: 'ours' }
  }
  if (code === 'DYN_CALL_LIMITED') {
    const failures = send.failures + 1
    if (isOld && failures >= fewestAttempts) return { kind: 'dead', error: told }
    const at = now + Math.ceil(limitMs(retryAfterMs, failures, ended.random))
    return { kind: 'retry', at, error: told, countsAsAttempt: false, failures, limit: 'platform' }
  }
  if (hasFallback && code === 'DYN_CALL_REFUSED' && windowClosed.has(platformCode)) {
    return { kind: 'fallback', error: told }
  }
  if (hasContent && code === 'DYN_CALL_NAME_UNKNOWN') return { kind: 'unknown_name', error: told }
  if (hopeless.has(code)) return { kind: 'dead', error: told }
  // The platform gives that answer again and again, and may show the media each time.
  const isDoubtful = code === 'DYN_CALL_DOUBTFUL'
  if (isDoubtful || (carriedOut === 'unknown' && send.onUnknown === 'hold')) {
    return { kind: 'dead', error: told, isHeld: true }
  }
  if (isOld && send.attempts >= fewestAttempts) return { kind: 'dead', error: told }
  const at = now + Math.round(backoffMs(send.attempts, ended.random))
  return { kind: 'retry', at, error: told, countsAsAttempt: true }
}

/** Code and message for `last_error`; errors that are not of the table may hold anything, and are not quoted. */
export function describeError(error: unknown): JobError {
  const { code, message } = error instanceof DynablockError ? error : createError('DYN_INTERNAL')
  return { code, message }
}

/** Twice as long after each attempt, from 1–2 s to 2.5–5 min. */
function backoffMs(attempts: number, random: number): number {
  return Math.min(longestRetryMs / 2, firstRetryMs * 2 ** Math.max(0, attempts - 1)) * (1 + random)
}

/** What the platform asked for, with a little on top for the same reason as above; else longer each time. */
function limitMs(retryAfterMs: number | null, failures: number, random: number): number {
  if (retryAfterMs === null) return backoffMs(failures, random)
  return Math.min(longestLimitMs, retryAfterMs) + firstRetryMs * random
}

const unanswered = {
  code: 'DYN_INTERNAL' as ErrorCode,
  carriedOut: 'unknown' as OutboundError['carriedOut'],
  platformCode: null as number | null,
  httpStatus: null as number | null,
  retryAfterMs: null as number | null,
}

/** An error that is none of a client's: a page without key has sent nothing, anything else may have happened anywhere. */
function circumstancesOf(error: unknown): Pick<OutboundError, keyof typeof unanswered> {
  if (error instanceof OutboundError) return error
  const code = error instanceof DynablockError ? error.code : 'DYN_INTERNAL'
  return { ...unanswered, code, carriedOut: code === 'DYN_INTERNAL' ? 'unknown' : 'no' }
}
