/** Sends the answer of a call, and reports it for the log and the metrics. */
import type { FastifyReply } from 'fastify'
import type { BlockAnswer } from '../calls/answer.ts'
import type { CallRecord } from '../calls/record.ts'
import type { ErrorCode } from '../errors/errors.ts'
import { type HeaderProblem, notReloaded, problemHeader, writeProblems } from './problem-header.ts'

const answerType = 'application/json; charset=utf-8'

export const kinds = ['open', 'tap', 'message'] as const
/** What the contact got: the block's reply, the promise of a late reply, the fallback, or the reply to an old button. */
export const outcomes = ['ok', 'late', 'fallback', 'expired'] as const

/** The report of an answered call: names only, and nothing that was said. */
export interface CallReport extends Pick<CallRecord, 'block' | 'step' | 'channel'> {
  /** The call's id, as in all its log lines. */
  call: string
  kind: (typeof kinds)[number]
  outcome: (typeof outcomes)[number]
  /** Why the contact got the fallback. */
  code?: ErrorCode
  /** From when the request was read until its answer. */
  ms: number
}

/** What the author is told in development, besides what is wrong with the answer. */
export interface AuthorNotes {
  /** Why an older version of the block is answering. */
  stale?: string | undefined
  /** What is odd about the body. */
  remarks?: readonly string[] | undefined
}

/**
 * Sends v2 content with 200; ManyChat shows nothing for any other status or type.
 *
 * @param notes for a header that says what is wrong; undefined in production
 */
export function sendAnswer(reply: FastifyReply, answer: BlockAnswer, notes: AuthorNotes | undefined): FastifyReply {
  const problems = notes ? problemsOf(answer, notes) : []
  if (problems.length > 0) reply.header(problemHeader, writeProblems(problems))
  return reply.header('content-type', answerType).send(`{"version":"v2","content":${answer.json}}`)
}

/** Tells the author, in development, what the contact does not see. */
function problemsOf(
  { failure, warnings = [] }: Pick<BlockAnswer, 'failure' | 'warnings'>,
  { stale, remarks = [] }: AuthorNotes,
): HeaderProblem[] {
  const older = { rule: notReloaded, path: '', message: `The last good version answers: ${stale}` }
  const found = failure
    ? [{ rule: failure.code, path: '', message: withCause(failure) }]
    : new Map(warnings.map(problem => [problem.rule, problem])).values()
  const inBody = remarks.map(message => ({ rule: 'body', path: '', message }))
  return [...found, ...(stale === undefined ? [] : [older]), ...inBody]
}

function withCause({ message, cause }: Error): string {
  return cause instanceof Error ? `${message} (${cause})` : message
}

/** @param ms negative if the clock was set back in the meantime */
export function reportOf(
  { id: call, block, step, channel, listener }: CallRecord,
  answer: BlockAnswer,
  ms: number,
): CallReport {
  const kind = step === null ? 'open' : listener ? 'message' : 'tap'
  const report: CallReport = { call, block, step, kind, channel, outcome: nameOf(answer), ms: Math.max(0, ms) }
  if (answer.failure) report.code = answer.failure.code
  return report
}

function nameOf({ failure, late, expired }: BlockAnswer): CallReport['outcome'] {
  return failure ? 'fallback' : late ? 'late' : expired ? 'expired' : 'ok'
}
