import type { TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import type { Button } from '../content/button.ts'
import { type ExternalMessageCallback, maxTimeoutSeconds } from '../content/callback.ts'
import { type Channel, hasQuickReplies } from '../content/channels.ts'
import type { Content } from '../content/content.ts'
import { text } from '../content/message.ts'
import type { QuickReply } from '../content/quick-reply.ts'
import { createError } from '../errors.ts'
import type { ListenOptions } from './call.ts'
import { type Claims, choiceOf, menuStep, type Sign } from './claims.ts'
import type { Contact } from './contact.ts'
import type { Block } from './define.ts'

/** How long the buttons of a block work unless it says otherwise: 30 days. */
const defaultExpiresAfterSeconds = 2_592_000
/** ManyChat counts a listener's time from when it has our answer; ours must not end sooner. */
const listenGraceSeconds = 60

/** Who the callbacks are for, and what makes them. */
export interface VerbsOptions {
  name: string
  block: Block
  contact: Contact
  page: string | null
  channel: Channel
  publicUrl: string
  sign: Sign
  /** Milliseconds since 1970. */
  now: () => number
}

interface MenuLine {
  caption: string
  step: string
  state?: unknown
}

/**
 * The verbs that a call is given. Every token that they made is kept in `issued`, so that quick replies and a listener
 * that leave in one answer can be tied together.
 */
export function createVerbs({ name, block, contact, page, channel, publicUrl, sign, now }: VerbsOptions) {
  const issued = new Map<string, Claims>()
  return { tap, tapReply, listen, menu, renew, askAgain, goOnListening, issued }

  function tap(caption: string, step: string, state?: unknown): Button {
    return { type: 'dynamic_block_callback', caption, ...callbackTo(tapClaims(step, state)) }
  }

  function tapReply(caption: string, step: string, state?: unknown): QuickReply {
    return { type: 'dynamic_block_callback', caption, ...callbackTo(tapClaims(step, state)) }
  }

  function listen(step: string, state?: unknown, { timeoutSeconds }: ListenOptions = {}): ExternalMessageCallback {
    requireState(step, state)
    return listenerOf(claimsTo(step, state), timeoutSeconds)
  }

  function menu(prompt: string, lines: MenuLine[], { otherwise }: { otherwise?: string } = {}): Content {
    if (otherwise !== undefined) requireState(otherwise, undefined)
    if (hasQuickReplies(channel)) {
      const quick_replies = lines.map(({ caption, step, state }) => tapReply(caption, step, state))
      return { messages: [text(prompt)], quick_replies }
    }
    for (const { step, state } of lines) requireState(step, state)
    const choices = lines.map(({ caption, step, state }) => choiceOf(caption, step, state))
    return numberedMenu({ ...claimsTo(otherwise ?? menuStep, undefined), menu: prompt, choices })
  }

  /** The listener of these claims once more, for when its message could not be answered. It begins a turn of its own. */
  function renew({ turn: _, ...claims }: Claims): ExternalMessageCallback {
    return listenerOf(claims, claims.listen)
  }

  /** A menu that asks again. */
  function askAgain(claims: Claims): Content {
    return numberedMenu(claims, claims.listen)
  }

  /** Shows nothing and waits on. What ManyChat followed once is gone from the screen, so it is a message from then on. */
  function goOnListening({ choices, ...claims }: Claims): Content {
    const own = choices?.filter(([, step]) => step !== null)
    return { messages: [], external_message_callback: renew(own?.length ? { ...claims, choices: own } : claims) }
  }

  function numberedMenu(claims: Claims, timeoutSeconds?: number): Content {
    const list = claims.choices?.map(([caption], index) => `${index + 1}. ${caption}`)
    return {
      messages: [text([claims.menu, ...(list ?? [])].join('\n'))],
      external_message_callback: listenerOf(claims, timeoutSeconds),
    }
  }

  function listenerOf(claims: Claims, timeoutSeconds?: number): ExternalMessageCallback {
    const listen = timeoutSeconds ?? maxTimeoutSeconds
    const exp = Math.floor(now() / 1000 + listen + listenGraceSeconds)
    const callback = callbackTo({ ...claims, listen, exp })
    return timeoutSeconds === undefined ? callback : { ...callback, timeout: timeoutSeconds }
  }

  function tapClaims(step: string, state: unknown): Claims {
    requireState(step, state)
    return claimsTo(step, state)
  }

  /** What is undefined is absent in the token. */
  function claimsTo(step: string, state: unknown): Claims {
    return {
      block: name,
      step,
      state,
      contact: contact.id,
      page: page ?? undefined,
      channel,
      first_name: contact.first_name ?? undefined,
      language: contact.language ?? undefined,
      exp: Math.floor(now() / 1000) + (block.expiresAfterSeconds ?? defaultExpiresAfterSeconds),
    }
  }

  function callbackTo(claims: Claims) {
    const state = sign(claims)
    issued.set(state, claims)
    return {
      url: `${publicUrl}/blocks/${name}/${claims.step}`,
      method: 'post' as const,
      payload: { state, user_id: '{{user_id}}', input: '{{last_input_text}}' },
    }
  }

  function requireState(step: string, state: unknown): void {
    if (!Object.hasOwn(block.steps, step)) {
      const steps = Object.keys(block.steps).join(', ') || 'none'
      // What is no name may be what a contact wrote, which no log may hold.
      throw createError('DYN_STEP_MISSING', { step: /^[\w-]{1,64}$/.test(step) ? step : '…', steps })
    }
    const wrong = stateProblem(block, step, state)
    if (wrong) throw createError('DYN_STATE_INVALID', { step, got: wrong })
  }
}

export type Verbs = ReturnType<typeof createVerbs>

const stateChecks = new WeakMap<TSchema, TypeCheck<TSchema>>()

/** What is wrong with the state of a step, without its values; undefined when nothing is. */
export function stateProblem(block: Block, step: string, state: unknown): string | undefined {
  const schema = Object.hasOwn(block.states, step) ? block.states[step] : undefined
  if (!schema) return state === undefined ? undefined : 'a state, though none is declared'
  if (state === undefined) return 'no state'
  const check = checkOf(schema)
  if (check.Check(state)) return undefined
  const error = check.Errors(state).First()
  return `another at ${error?.path || '/'} (${error?.schema.type ?? 'value'} expected)`
}

function checkOf(schema: TSchema): TypeCheck<TSchema> {
  const known = stateChecks.get(schema)
  if (known) return known
  const check = TypeCompiler.Compile(schema)
  stateChecks.set(schema, check)
  return check
}
