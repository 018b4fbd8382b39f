import type { Block } from '../blocks/define.ts'
import { toContent } from '../blocks/reply.ts'
import { type StockKind, stockReply } from '../blocks/stock-replies.ts'
import type { Channel } from '../content/channels.ts'
import { checkContent } from '../content/check.ts'
import type { Content } from '../content/content.ts'
import type { InspectOptions } from '../content/inspect.ts'
import type { Problem } from '../content/problem.ts'
import type { Rule } from '../content/rules.ts'
import type { DynablockError, ErrorCode } from '../errors/errors.ts'
import { toFailure, trace } from '../errors/failure.ts'
import { stringifyExact } from '../json/exact-json.ts'
import { pairReplies } from './paired-replies.ts'
import type { CallRecord } from './record.ts'
import type { RunningCall } from './running.ts'
import type { Sign } from './seal-claims.ts'
import type { Turn } from './turn.ts'
import { renew } from './verbs.ts'

/** What the contact gets, and why it may differ from what the block returned. */
export interface BlockAnswer {
  content: Content
  /** `content` as JSON. */
  json: string
  failure?: DynablockError
  /** The contact was told to wait; the reply is delivered later. */
  late?: boolean
  /** The contact tapped a button that is too old. */
  expired?: boolean
  warnings?: Problem[]
  /** What is to be stored together with a late reply. */
  pending?: PendingTurn
}

export interface PendingTurn extends Pick<Turn, 'write' | 'left' | 'leave'> {
  /** The answer in place of this one, when the turn was lost. */
  otherwise(error: unknown): BlockAnswer
}

/** Counts failures and warnings for the metrics. All arguments come from small, bounded sets of names. */
export interface RunnerWatch {
  failed(block: string, code: ErrorCode): void
  warned(block: string, rule: Rule): void
}

export interface AnswersOptions {
  sign: Sign
  allowLoopback: boolean
  watch?: RunnerWatch | undefined
}

/** Turns what handlers return or throw into answers. */
export function createAnswers({ sign, allowLoopback, watch }: AnswersOptions) {
  const logged = new Set<string>()
  return { checked, failed, fallback }

  /** @throws DynablockError `DYN_REPLY_INVALID`, `DYN_CONTENT_INVALID` */
  function checked(running: RunningCall, reply: unknown, options?: InspectOptions): BlockAnswer {
    const { channel } = running.record
    const warnings: Problem[] = []
    const onWarning = (problem: Problem) => {
      warnings.push(problem)
      warn(running, problem)
    }
    const content = checkContent(toContent(reply), { ...options, channel, allowLoopback, onWarning })
    const { issued } = running.issuer
    const answer = answerOf(issued ? pairReplies(content, issued, sign) : content)
    if (warnings.length > 0) answer.warnings = warnings
    return answer
  }

  /** Logs the failure and returns the fallback. */
  function failed(running: RunningCall, error: unknown): BlockAnswer {
    const failure = toFailure(error, placeOf(running.record))
    running.call.log.error(trace(failure), 'block failed, fallback shown')
    return fallback(running, failure)
  }

  /** The block's fallback. If a message could not be answered, its listener is renewed, so the contact can send it again. */
  function fallback({ record, block, issuer }: RunningCall, failure: DynablockError): BlockAnswer {
    watch?.failed(record.block, failure.code)
    const content = stockReply(block, 'fallback', record.channel)
    const { listener } = record
    return {
      ...answerOf(listener ? { ...content, external_message_callback: renew(issuer, listener) } : content),
      failure,
    }
  }

  /** Logs each rule that a block breaks once; the metrics count every time. */
  function warn({ record: { block }, call: { log } }: RunningCall, { rule, path, severity, message }: Problem): void {
    watch?.warned(block, rule)
    const key = `${block} ${rule}`
    if (logged.has(key)) return
    logged.add(key)
    const told = severity === 'repaired' ? 'content was repaired' : 'content may not be shown as intended'
    log.warn({ rule, path, problem: message }, told)
  }
}

/** An answer that needs no handler. */
export function stockAnswer(block: Block | undefined, kind: StockKind, channel: Channel): BlockAnswer {
  return answerOf(stockReply(block, kind, channel))
}

export function answerOf(content: Content): BlockAnswer {
  return { content, json: stringifyExact(content) }
}

/** Names the handler, for messages. */
export function placeOf({ block, step }: CallRecord): string {
  return step === null ? `block "${block}"` : `step "${step}" of block "${block}"`
}
