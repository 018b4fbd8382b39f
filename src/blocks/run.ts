import type { Channel } from '../content/channels.ts'
import { checkContent } from '../content/check.ts'
import type { Content } from '../content/content.ts'
import type { Problem } from '../content/problem.ts'
import { createError, type DynablockError } from '../errors.ts'
import { stringifyExact } from '../exact-json.ts'
import type { Call, Log } from './call.ts'
import { type Claims, menuStep, type Sign, silentStep } from './claims.ts'
import type { Contact } from './contact.ts'
import { withinDeadline } from './deadline.ts'
import type { Block, Handler } from './define.ts'
import { toFailure, trace } from './failure.ts'
import { toContent } from './reply.ts'
import { standingContent } from './standing.ts'
import { tieTurn } from './turn.ts'
import { createVerbs, type Verbs } from './verbs.ts'

export interface RunnerOptions {
  sign: Sign
  /** Where callbacks lead, without a slash at its end. */
  publicUrl: string
  /** For blocks that don't say, in milliseconds. */
  replyWithinMs: number
  /** Milliseconds since 1970. */
  now: () => number
}

/** One call of ManyChat, read and authenticated. */
export interface Entry {
  name: string
  block: Block
  /** null when the block opens. */
  step: string | null
  state?: unknown
  id: string
  attempt: number
  contact: Contact
  page: string | null
  channel: Channel
  input: string | null
  extras: Record<string, unknown>
  /** The listener that this message came by; it is renewed when the message can't be answered. */
  listener?: Claims
  log: Log
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
export function createRunner({ sign, publicUrl, replyWithinMs, now }: RunnerOptions) {
  const allowLoopback = publicUrl.startsWith('http://')
  const running = new Set<AbortController>()
  const logged = new Set<string>()
  return { run, stop }

  async function run(entry: Entry): Promise<Outcome> {
    const { name, block, step, contact, page, channel } = entry
    const verbs = createVerbs({ name, block, contact, page, channel, publicUrl, sign, now })
    let abort: AbortController | undefined
    let isOver = false
    try {
      const reply = await reach(entry, verbs, () => {
        abort ??= new AbortController()
        // A handler that goes on after its answer may still ask; what it is given then is not kept.
        if (!isOver) running.add(abort)
        return abort
      })
      return finish(entry, verbs, toContent(reply, placeOf(entry)))
    } catch (error) {
      const failure = toFailure(error, placeOf(entry))
      entry.log.error({ block: name, step, channel, ...trace(failure) }, 'block failed, fallback shown')
      return { ...fallBack(entry, verbs), failure }
    } finally {
      isOver = true
      if (abort) running.delete(abort)
    }
  }

  /** Runs the handler within its time. A handler that answers at once costs no timer. */
  async function reach(entry: Entry, verbs: Verbs, controller: () => AbortController): Promise<unknown> {
    const handler = handlerOf(entry, verbs)
    const reply: unknown = handler(createCall(entry, verbs, () => controller().signal))
    if (!isPromise(reply)) return reply
    const limit = entry.block.replyWithinMs ?? replyWithinMs
    return withinDeadline(reply, limit, () => {
      const late = createError('DYN_BLOCK_LATE', { where: placeOf(entry), limit })
      controller().abort(late)
      return late
    })
  }

  function finish(entry: Entry, verbs: Verbs, reply: Content): Outcome {
    const warnings: Problem[] = []
    const onWarning = (problem: Problem) => {
      warnings.push(problem)
      warnOnce(entry, problem)
    }
    const checked = checkContent(reply, { channel: entry.channel, allowLoopback, onWarning })
    const content = tieTurn(checked, verbs.issued, sign)
    return { content, json: stringifyExact(content), ...(warnings.length > 0 && { warnings }) }
  }

  /** The block's fallback. A message that could not be answered may be sent again, so its listener goes on. */
  function fallBack({ block, channel, listener }: Entry, verbs: Verbs): Outcome {
    const standing = standingContent(block, 'fallback', channel)
    const content = listener ? { ...standing, external_message_callback: verbs.renew(listener) } : standing
    return { content, json: stringifyExact(content) }
  }

  function warnOnce({ name, channel, log }: Entry, { rule, path, message }: Problem): void {
    const key = `${name} ${rule}`
    if (logged.has(key)) return
    logged.add(key)
    log.warn({ block: name, channel, rule, path, problem: message }, 'content may not be shown as meant')
  }

  /** Tells the handlers that still run that the server ends. */
  function stop(): void {
    for (const abort of running) abort.abort(new Error('the server stops'))
  }
}

function handlerOf({ block, step, listener }: Entry, verbs: Verbs): Handler {
  if (step === null) return block.open
  if (listener && step === menuStep) return () => verbs.askAgain(listener)
  if (listener && step === silentStep) return () => verbs.goOnListening(listener)
  return block.steps[step] as Handler
}

function createCall(entry: Entry, { tap, tapReply, listen, menu }: Verbs, signal: () => AbortSignal): Call {
  const { contact, page, channel, input, state, extras, id, attempt, log } = entry
  return {
    contact,
    page,
    channel,
    input,
    state,
    extras,
    id,
    attempt,
    log,
    tap,
    tapReply,
    listen,
    menu,
    // Most handlers never ask, and a controller costs more than the rest of this object.
    get signal() {
      return signal()
    },
  }
}

function placeOf({ name, step }: Entry): string {
  return step === null ? `block "${name}"` : `step "${step}" of block "${name}"`
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
