import { checkContent } from '../content/check.ts'
import type { Content } from '../content/content.ts'
import type { Problem } from '../content/problem.ts'
import { createError, type DynablockError } from '../errors.ts'
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

export interface RunnerOptions {
  sign: Sign
  /** The client of a page, or a coded error that says how to configure one. */
  clientFor: (page: string | null) => ManyChat
  /** Where callbacks lead, without a slash at its end. */
  publicUrl: string
  /** For blocks that don't say, in milliseconds. */
  replyWithinMs: number
  /** Milliseconds since 1970. */
  now: () => number
}

/** What the contact gets, and why it isn't what the block said. */
export interface Outcome {
  content: Content
  /** `content` as JSON. */
  json: string
  failure?: DynablockError
  warnings?: Problem[]
}

/** Runs handlers; whatever they do, there is valid content to show. */
export function createRunner({ sign, clientFor, publicUrl, replyWithinMs, now }: RunnerOptions) {
  const allowLoopback = publicUrl.startsWith('http://')
  const sources: Sources = { clientFor, makeVerbs: entry => createVerbs({ ...entry, publicUrl, sign, now }) }
  const running = new Set<Work>()
  const logged = new Set<string>()
  return { run, stop }

  /** Never throws and never rejects. A handler that answers at once is answered at once: neither promise nor timer. */
  function run(entry: Entry): Outcome | Promise<Outcome> {
    const work = new Work(entry, sources)
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
    running.add(work)
    try {
      const inTime = await withinDeadline(reply, Math.max(0, limit - (now() - startedAt)), () => {
        const late = createError('DYN_BLOCK_LATE', { where: placeOf(entry), limit })
        work.abort(late)
        return late
      })
      return finish(entry, work, inTime)
    } catch (error) {
      return fail(entry, work, error)
    } finally {
      running.delete(work)
    }
  }

  function finish(entry: Entry, work: Work, reply: unknown): Outcome {
    const warnings: Problem[] = []
    const onWarning = (problem: Problem) => {
      warnings.push(problem)
      warnOnce(entry, work, problem)
    }
    const checked = checkContent(toContent(reply), { channel: entry.channel, allowLoopback, onWarning })
    const content = work.isQuiet ? checked : tieTurn(checked, work.verbs.issued, sign)
    const outcome: Outcome = { content, json: stringifyExact(content) }
    if (warnings.length > 0) outcome.warnings = warnings
    return outcome
  }

  /** The block's fallback. A message that could not be answered may be sent again, so its listener goes on. */
  function fail(entry: Entry, work: Work, error: unknown): Outcome {
    const { block, channel, listener } = entry
    const failure = toFailure(error, placeOf(entry))
    work.log.error(trace(failure), 'block failed, fallback shown')
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

function placeOf({ name, step }: Entry): string {
  return step === null ? `block "${name}"` : `step "${step}" of block "${name}"`
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
