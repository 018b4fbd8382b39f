import { checkContent } from '../content/check.ts'
import type { Content } from '../content/content.ts'
import type { InspectOptions } from '../content/inspect.ts'
import { text } from '../content/message.ts'
import type { Problem, Rule } from '../content/problem.ts'
import { createError, type DynablockError, type ErrorCode } from '../errors.ts'
import { stringifyExact } from '../exact-json.ts'
import type { ManyChat } from '../manychat/client.ts'
import { menuStep, type Sign, silentStep } from './claims.ts'
import { withinDeadline } from './deadline.ts'
import type { Handler } from './define.ts'
import { toFailure, trace } from './failure.ts'
import { toContent } from './reply.ts'
import { standingContent } from './standing.ts'
import { tieTurn } from './turn.ts'
import { createVerbs } from './verbs.ts'
import { type Entry, type Sources, Work } from './work.ts'

/** How long the store may take to keep a late reply; the contact's answer waits for it. */
const storeWithinMs = 1000

export interface RunnerOptions {
  sign: Sign
  /** The client of a page, or a coded error that says how to configure one. */
  clientFor: (page: string | null) => ManyChat
  /** Where callbacks lead, without a slash at its end. */
  publicUrl: string
  /** For blocks that don't say, in milliseconds. */
  replyWithinMs: number
  /** Without it, the contact of a slow block gets its fallback. */
  takeLate?: TakeLate | undefined
  /** Whether there is so much to do that handlers would not be ready in time: contacts get the fallback at once. */
  isOverloaded?: (() => boolean) | undefined
  watch?: RunnerWatch | undefined
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * Takes over a reply that is not ready in time: what `outcome` resolves to is delivered later. Resolves once that is safe to
 * promise, and rejects when it can't be. `work` tells whether it is still wanted, and aborts its handler.
 */
export type TakeLate = (entry: Entry, outcome: Promise<Outcome>, work: Pick<Work, 'signal' | 'abort'>) => Promise<void>

/** Is told what did not go as meant, by names that are bounded. */
export interface RunnerWatch {
  failed(block: string, code: ErrorCode): void
  warned(block: string, rule: Rule): void
}

/** What the contact gets, and why it isn't what the block said. */
export interface Outcome {
  content: Content
  /** `content` as JSON. */
  json: string
  failure?: DynablockError
  /** The contact was told to wait; the reply is delivered later. */
  late?: boolean
  /** The contact tapped a button that is too old. */
  expired?: boolean
  warnings?: Problem[]
}

/** Runs handlers; whatever they do, there is valid content to show. */
export function createRunner({
  sign,
  clientFor,
  publicUrl,
  replyWithinMs,
  takeLate,
  isOverloaded = () => false,
  watch,
  now,
}: RunnerOptions) {
  const allowLoopback = publicUrl.startsWith('http://')
  const sources: Sources = { clientFor, makeVerbs: entry => createVerbs({ ...entry, publicUrl, sign, now }) }
  const running = new Set<Work>()
  const logged = new Set<string>()
  return { run, rerun, stop }

  /** Never throws and never rejects. A handler that answers at once is answered at once: neither promise nor timer. */
  function run(entry: Entry): Outcome | Promise<Outcome> {
    const work = new Work(entry, sources)
    // One line for each would only add to what there is to do.
    if (isOverloaded()) return showFallback(entry, work, createError('DYN_OVERLOADED'))
    const startedAt = now()
    try {
      const reply = handlerOf(entry, work)(work)
      return isPromise(reply) ? settle(entry, work, reply, startedAt) : finish(entry, work, reply)
    } catch (error) {
      return fail(entry, work, error)
    }
  }

  async function settle(entry: Entry, work: Work, reply: PromiseLike<unknown>, startedAt: number): Promise<Outcome> {
    const limit = entry.block.replyWithinMs ?? replyWithinMs
    const late = lateError(entry, limit)
    running.add(work)
    try {
      // The clock may have been put back meanwhile.
      const leftMs = Math.min(limit, Math.max(0, limit - (now() - startedAt)))
      const inTime = await withinDeadline(reply, leftMs, () => late)
      running.delete(work)
      return finish(entry, work, inTime)
    } catch (error) {
      if (error === late && takeLate) return promise(entry, work, finishLate(entry, work, reply), limit, takeLate)
      running.delete(work)
      if (error === late) work.abort(late)
      return fail(entry, work, error)
    }
  }

  /** The contact is told to wait only once what they wait for can't be lost. */
  async function promise(
    entry: Entry,
    work: Work,
    outcome: Promise<Outcome>,
    limit: number,
    take: TakeLate,
  ): Promise<Outcome> {
    try {
      const notStored = () => createError('DYN_LATE_NOT_STORED', { where: placeOf(entry), limit: storeWithinMs })
      await withinDeadline(take(entry, outcome, work), storeWithinMs, notStored)
      const waiting = standingContent(entry.block, 'waiting', entry.channel)
      return { content: waiting, json: stringifyExact(waiting), late: true }
    } catch (cause) {
      const late = lateError(entry, limit, { cause })
      work.abort(late)
      return fail(entry, work, late)
    }
  }

  /** Runs a call again whose process died, with no limit to its time. */
  function rerun(entry: Entry, signal: AbortSignal): Promise<Outcome> {
    const work = new Work(entry, sources)
    running.add(work)
    signal.addEventListener('abort', () => work.abort(signal.reason), { once: true })
    return finishLate(entry, work, (async () => handlerOf(entry, work)(work))())
  }

  /** The outcome of a late reply: it is delivered outside the flow, and says by `latePrefix` what it answers. */
  async function finishLate(entry: Entry, work: Work, reply: PromiseLike<unknown>): Promise<Outcome> {
    try {
      const content = withPrefix(toContent(await reply), entry.block.latePrefix)
      return finish(entry, work, content, { outsideFlow: true })
    } catch (error) {
      return fail(entry, work, error)
    } finally {
      running.delete(work)
    }
  }

  function finish(entry: Entry, work: Work, reply: unknown, options: InspectOptions = {}): Outcome {
    const warnings: Problem[] = []
    const onWarning = (problem: Problem) => {
      warnings.push(problem)
      watch?.warned(entry.name, problem.rule)
      warnOnce(entry, work, problem)
    }
    const checked = checkContent(toContent(reply), { ...options, channel: entry.channel, allowLoopback, onWarning })
    const content = work.isQuiet ? checked : tieTurn(checked, work.verbs.issued, sign)
    const outcome: Outcome = { content, json: stringifyExact(content) }
    if (warnings.length > 0) outcome.warnings = warnings
    return outcome
  }

  function fail(entry: Entry, work: Work, error: unknown): Outcome {
    const failure = toFailure(error, placeOf(entry))
    work.log.error(trace(failure), 'block failed, fallback shown')
    return showFallback(entry, work, failure)
  }

  /** The block's fallback. A message that could not be answered may be sent again, so its listener goes on. */
  function showFallback({ name, block, channel, listener }: Entry, work: Work, failure: DynablockError): Outcome {
    watch?.failed(name, failure.code)
    const standing = standingContent(block, 'fallback', channel)
    const content = listener ? { ...standing, external_message_callback: work.verbs.renew(listener) } : standing
    return { content, json: stringifyExact(content), failure }
  }

  function warnOnce({ name }: Entry, { log }: Work, { rule, path, message }: Problem): void {
    const key = `${name} ${rule}`
    if (logged.has(key)) return
    logged.add(key)
    log.warn({ rule, path, problem: message }, 'content may not be shown as meant')
  }

  /** Tells the handlers that still run that the server ends. */
  function stop(): void {
    for (const work of running) work.abort(new Error('the server stops'))
  }
}

function handlerOf({ block, step, listener }: Entry, work: Work): Handler {
  if (step === null) return block.open
  if (listener && step === menuStep) return () => work.verbs.askAgain(listener)
  if (listener && step === silentStep) return () => work.verbs.goOnListening(listener)
  return block.steps[step] as Handler
}

/** Puts what a late reply answers before its first text, or as a text of its own before what is none. */
function withPrefix(content: Content, prefix: string | undefined): Content {
  if (prefix === undefined || content.messages.length === 0) return content
  const [first, ...others] = content.messages
  if (first?.type !== 'text') return { ...content, messages: [text(prefix), ...content.messages] }
  return { ...content, messages: [{ ...first, text: `${prefix} ${first.text}` }, ...others] }
}

function lateError(entry: Entry, limit: number, options?: ErrorOptions): DynablockError {
  return createError('DYN_BLOCK_LATE', { where: placeOf(entry), limit }, options)
}

function placeOf({ name, step }: Entry): string {
  return step === null ? `block "${name}"` : `step "${step}" of block "${name}"`
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
