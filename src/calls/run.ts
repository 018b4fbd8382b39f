import type { Block, Handler } from '../blocks/define.ts'
import { toContent } from '../blocks/reply.ts'
import type { Answer, Content } from '../content/content.ts'
import { text } from '../content/message.ts'
import { createError, type DynablockError } from '../errors/errors.ts'
import { toFailure } from '../errors/failure.ts'
import { type BlockAnswer, createAnswers, type PendingTurn, placeOf, type RunnerWatch, stockAnswer } from './answer.ts'
import { withinDeadline } from './deadline.ts'
import type { CallRecord } from './record.ts'
import { type CallTools, type RunningCall, type StartOptions, startCall } from './running.ts'
import { menuStep, silentStep } from './seal-claims.ts'
import type { Turn } from './turn.ts'
import { askAgain, goOnListening } from './verbs.ts'

/** How long storing a late reply may take; the contact's answer waits for it. */
const storeWithinMs = 1000

export interface RunnerOptions extends CallTools {
  /** For blocks that don't set their own, in milliseconds. */
  replyWithinMs: number
  /** How long each run of a late reply may take, for blocks that don't set their own; default 120000. */
  lateWithinMs?: number
  /** Without it, a slow block answers with its fallback. */
  takeLate?: TakeLate | undefined
  /** Whether the load is so high that handlers would miss their deadline: contacts then get the fallback at once. */
  isOverloaded?: (() => boolean) | undefined
  watch?: RunnerWatch | undefined
}

/**
 * Takes over a reply that is not ready in time, and delivers what `answer` resolves to later. Resolves once the contact can
 * safely be promised a reply, and rejects if that fails. `running.signal` aborts when the reply is no longer wanted;
 * `running.abort` stops the handler.
 */
export type TakeLate = (
  record: CallRecord,
  answer: Promise<BlockAnswer>,
  running: Pick<RunningCall, 'signal' | 'abort'>,
) => Promise<void>

export interface RerunOptions extends Omit<StartOptions, 'tools'> {
  /** Aborts the attempt. */
  signal: AbortSignal
}

export type Runner = ReturnType<typeof createRunner>

/** Runs handlers. Whatever they do, the result is valid content to show. */
export function createRunner(options: RunnerOptions) {
  const { sign, publicUrl, replyWithinMs, lateWithinMs = 120_000, takeLate, watch, now, clientFor, log } = options
  const { isOverloaded = () => false, rooms } = options
  const tools: CallTools = { sign, publicUrl, now, clientFor, log, rooms }
  const answers = createAnswers({ sign, allowLoopback: publicUrl.startsWith('http://'), watch })
  const underWay = new Set<RunningCall>()
  return { run, rerun, stop }

  /** Never throws or rejects. The answer of a synchronous handler is returned synchronously: no promise, no timer. */
  function run(record: CallRecord, block: Block): BlockAnswer | Promise<BlockAnswer> {
    const running = startCall(record, { block, attempt: 1, tools })
    // Not logged: a line for each call would only add to the load.
    if (isOverloaded()) return answers.fallback(running, createError('DYN_OVERLOADED'))
    const startedAt = now()
    try {
      const reply = handle(running)
      return isPromise(reply) ? settle(running, reply, startedAt) : answers.checked(running, reply)
    } catch (error) {
      return answers.failed(running, error)
    }
  }

  async function settle(running: RunningCall, reply: PromiseLike<unknown>, startedAt: number): Promise<BlockAnswer> {
    const limit = running.block.replyWithinMs ?? replyWithinMs
    const late = lateError(running.record, limit)
    underWay.add(running)
    try {
      // The clock may have been set back in the meantime.
      const leftMs = Math.min(limit, Math.max(0, limit - (now() - startedAt)))
      const inTime = await withinDeadline(reply, leftMs, () => late)
      underWay.delete(running)
      const answer = answers.checked(running, inTime)
      await commit(running)
      return answer
    } catch (error) {
      if (error === late && takeLate) return promiseLater(running, answerLate(running, reply), limit, takeLate)
      underWay.delete(running)
      if (error === late) running.abort(late)
      running.turn?.leave()
      return answers.failed(running, error)
    }
  }

  /** What was remembered is on disk before the contact is answered. */
  async function commit({ turn, record }: RunningCall): Promise<void> {
    const notStored = () => createError('DYN_MEMORY_NOT_STORED', { where: placeOf(record), limit: storeWithinMs })
    if (turn) await withinDeadline(turn.commit(), storeWithinMs, notStored)
  }

  /** Tells the contact to wait only once the reply they are waiting for can't be lost. */
  async function promiseLater(
    running: RunningCall,
    answer: Promise<BlockAnswer>,
    limit: number,
    take: TakeLate,
  ): Promise<BlockAnswer> {
    const { record, block } = running
    try {
      const notStored = () => createError('DYN_LATE_NOT_STORED', { where: placeOf(record), limit: storeWithinMs })
      await withinDeadline(take(record, answer, running), storeWithinMs, notStored)
      return { ...stockAnswer(block, 'waiting', record.channel), late: true }
    } catch (cause) {
      const late = lateError(record, limit, { cause })
      running.abort(late)
      running.turn?.leave()
      return answers.failed(running, late)
    }
  }

  /** Runs a stored call again. */
  function rerun(record: CallRecord, { block, attempt, signal }: RerunOptions): Promise<BlockAnswer> {
    const running = startCall(record, { block, attempt, tools })
    underWay.add(running)
    signal.addEventListener('abort', () => running.abort(signal.reason), { once: true })
    return answerLate(running, (async () => handle(running))())
  }

  /** A late reply is delivered outside the flow; `latePrefix` says what it answers. */
  async function answerLate(running: RunningCall, reply: PromiseLike<unknown>): Promise<BlockAnswer> {
    const limit = running.block.lateWithinMs ?? lateWithinMs
    const tooLate = createError('DYN_RUN_LATE', { where: placeOf(running.record), limit })
    try {
      const inTime = await withinDeadline(reply, limit, () => tooLate, running.signal)
      const content = withPrefix(toContent(inTime), running.block.latePrefix)
      const answer = answers.checked(running, content, { outsideFlow: true })
      return running.turn ? { ...answer, pending: pendingOf(running, running.turn) } : answer
    } catch (error) {
      running.turn?.leave()
      // We aborted it, as the server ends or the call was cancelled: nobody sees the fallback, so nothing is logged.
      if (running.signal.aborted) return unshown(running, error)
      if (error === tooLate) running.abort(tooLate)
      return answers.failed(running, error)
    } finally {
      underWay.delete(running)
    }
  }

  function pendingOf(running: RunningCall, { write, left, leave }: Turn): PendingTurn {
    return { write, left, leave, otherwise: error => answers.failed(running, error) }
  }

  /** Aborts the handlers that are still running, as the server is shutting down. */
  function stop(): void {
    for (const running of underWay) running.abort(new Error('the server stops'))
  }
}

/** In a block with memory, the wait for the turn is part of what the handler takes. */
function handle(running: RunningCall): unknown {
  return running.turn ? running.turn.begin().then(() => enter(running)) : enter(running)
}

/** Calls the handler. The server's own steps, for menus and paired replies, have none. */
function enter({ record: { step, listener }, block, call, issuer }: RunningCall): unknown {
  if (step === null) return block.open(call)
  if (listener && step === menuStep) return askAgain(issuer, listener)
  if (listener && step === silentStep) return goOnListening(issuer, listener)
  return (block.steps[step] as Handler)(call)
}

/** Adds the prefix to the first message if that is a text, else before it as a text of its own. */
function withPrefix(reply: Content | Answer, prefix: string | undefined): Content | Answer {
  if (prefix === undefined) return reply
  return 'content' in reply ? { ...reply, content: prefixed(reply.content, prefix) } : prefixed(reply, prefix)
}

/** Nothing is checked yet: what the handler returned may be anything. */
function prefixed(content: Content, prefix: string): Content {
  if (!Array.isArray(content?.messages) || content.messages.length === 0) return content
  const [first, ...others] = content.messages
  if (first?.type !== 'text') return { ...content, messages: [text(prefix), ...content.messages] }
  return { ...content, messages: [{ ...first, text: `${prefix} ${first.text}` }, ...others] }
}

function unshown({ record, block }: RunningCall, error: unknown): BlockAnswer {
  return { ...stockAnswer(block, 'fallback', record.channel), failure: toFailure(error, placeOf(record)) }
}

function lateError(record: CallRecord, limit: number, options?: ErrorOptions): DynablockError {
  return createError('DYN_BLOCK_LATE', { where: placeOf(record), limit }, options)
}

/** Whether the value must be awaited: a promise, or any other thenable. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
