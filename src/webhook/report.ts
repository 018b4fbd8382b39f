import type { Outcome } from '../blocks/run.ts'
import type { Channel } from '../content/channels.ts'
import type { ErrorCode } from '../errors.ts'

export const kinds = ['open', 'tap', 'message'] as const
/** What the contact got: what the block said, the promise of a late reply, its fallback, or its words for an old button. */
export const outcomes = ['ok', 'late', 'fallback', 'expired'] as const

/** A call of ManyChat, once it is known to be one. */
export interface Arrival {
  /** Its id, as in all other lines of the log. */
  call: string
  block: string
  step: string | null
  kind: (typeof kinds)[number]
  channel: Channel
  /** Milliseconds since 1970. */
  at: number
}

/** What is told of a call that was answered: names, and nothing of what was said. */
export interface CallReport extends Omit<Arrival, 'at'> {
  outcome: (typeof outcomes)[number]
  /** Why it was the fallback. */
  code?: ErrorCode
  /** From when the call was read to its answer. */
  ms: number
}

/** A block that is gone since its button went out; no file can have that name. */
export const goneBlock = '(gone)'

export function reportOf({ call, block, step, kind, channel, at }: Arrival, outcome: Outcome, now: number): CallReport {
  const report: CallReport = { call, block, step, kind, channel, outcome: nameOf(outcome), ms: Math.max(0, now - at) }
  if (outcome.failure) report.code = outcome.failure.code
  return report
}

function nameOf({ failure, late, expired }: Outcome): CallReport['outcome'] {
  return failure ? 'fallback' : late ? 'late' : expired ? 'expired' : 'ok'
}
