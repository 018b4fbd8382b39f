import type { ListenOptions, MenuChoice } from '../blocks/call.ts'
import type { Block } from '../blocks/define.ts'
import type { Button } from '../content/button.ts'
import { type ExternalMessageCallback, maxTimeoutSeconds } from '../content/callback.ts'
import { hasQuickReplies } from '../content/channels.ts'
import type { Content } from '../content/content.ts'
import { text } from '../content/message.ts'
import type { QuickReply } from '../content/quick-reply.ts'
import { createError } from '../errors/errors.ts'
import type { CallRecord } from './record.ts'
import { choiceOf, menuStep, type SealClaims, type Sign } from './seal-claims.ts'
import { stateProblem } from './state.ts'

/** How long the buttons of a block work by default: 30 days. */
const defaultExpiresAfterSeconds = 2_592_000
/** ManyChat starts a listener's time when it receives our answer; our token must not expire sooner. */
const listenGraceSeconds = 60

/** What it takes to make callbacks. */
export interface SealingTools {
  /** The address that callbacks go to, without a trailing slash. */
  publicUrl: string
  sign: Sign
  /** Milliseconds since 1970. */
  now(): number
}

/** The call for which callbacks are made, and the claims of each token issued for it. */
export interface Issuer {
  readonly record: Pick<CallRecord, 'block' | 'contact' | 'page' | 'channel'>
  readonly block: Block
  readonly tools: SealingTools
  /** Undefined until a token is issued: most calls issue none. */
  issued: Map<string, SealClaims> | undefined
}

export function tap(issuer: Issuer, caption: string, step: string, state?: unknown): Button {
  return { type: 'dynamic_block_callback', caption, ...callbackTo(issuer, step, state) }
}

export function tapReply(issuer: Issuer, caption: string, step: string, state?: unknown): QuickReply {
  return { type: 'dynamic_block_callback', caption, ...callbackTo(issuer, step, state) }
}

export function listen(
  issuer: Issuer,
  step: string,
  state?: unknown,
  { timeoutSeconds }: ListenOptions = {},
): ExternalMessageCallback {
  requireState(issuer, step, state)
  return listenerOf(issuer, claimsTo(issuer, step, state), timeoutSeconds)
}

export function menu(
  issuer: Issuer,
  prompt: string,
  lines: MenuChoice[],
  { otherwise }: { otherwise?: string } = {},
): Content {
  if (otherwise !== undefined) requireState(issuer, otherwise, undefined)
  if (hasQuickReplies(issuer.record.channel)) {
    const quick_replies = lines.map(({ caption, step, state }) => tapReply(issuer, caption, step, state))
    return { messages: [text(prompt)], quick_replies }
  }
  for (const { step, state } of lines) requireState(issuer, step, state)
  const choices = lines.map(({ caption, step, state }) => choiceOf(caption, step, state))
  return numberedMenu(issuer, { ...claimsTo(issuer, otherwise ?? menuStep, undefined), menu: prompt, choices })
}

export function choice(caption: string, step: string, state?: unknown): MenuChoice {
  return state === undefined ? { caption, step } : { caption, step, state }
}

/** The same listener again, after a message that could not be answered. Its quick replies are gone, so it loses its pair. */
export function renew(issuer: Issuer, { turn: _, ...claims }: SealClaims): ExternalMessageCallback {
  return listenerOf(issuer, claims, claims.listen)
}

/** Shows a menu again. */
export function askAgain(issuer: Issuer, claims: SealClaims): Content {
  return numberedMenu(issuer, claims, claims.listen)
}

/** Shows nothing and keeps listening. A choice that ManyChat followed is gone from the screen: it now counts as a message. */
export function goOnListening(issuer: Issuer, { choices, ...claims }: SealClaims): Content {
  const own = choices?.filter(([, step]) => step !== null)
  return { messages: [], external_message_callback: renew(issuer, own?.length ? { ...claims, choices: own } : claims) }
}

function numberedMenu(issuer: Issuer, claims: SealClaims, timeoutSeconds?: number): Content {
  const list = claims.choices?.map(([caption], index) => `${index + 1}. ${caption}`)
  return {
    messages: [text([claims.menu, ...(list ?? [])].join('\n'))],
    external_message_callback: listenerOf(issuer, claims, timeoutSeconds),
  }
}

function listenerOf(issuer: Issuer, claims: SealClaims, timeoutSeconds?: number): ExternalMessageCallback {
  const listen = timeoutSeconds ?? maxTimeoutSeconds
  const exp = Math.floor(issuer.tools.now() / 1000 + listen + listenGraceSeconds)
  const callback = issue(issuer, { ...claims, listen, exp })
  return timeoutSeconds === undefined ? callback : { ...callback, timeout: timeoutSeconds }
}

function callbackTo(issuer: Issuer, step: string, state: unknown) {
  requireState(issuer, step, state)
  return issue(issuer, claimsTo(issuer, step, state))
}

/** Undefined members are absent from the token. */
function claimsTo({ record, block, tools }: Issuer, step: string, state: unknown): SealClaims {
  const { contact, page, channel } = record
  return {
    block: record.block,
    step,
    state,
    contact: contact.id,
    page: page ?? undefined,
    channel,
    first_name: contact.first_name ?? undefined,
    language: contact.language ?? undefined,
    exp: Math.floor(tools.now() / 1000) + (block.expiresAfterSeconds ?? defaultExpiresAfterSeconds),
  }
}

function issue(issuer: Issuer, claims: SealClaims) {
  const { record, tools } = issuer
  const state = tools.sign(claims)
  issuer.issued ??= new Map()
  issuer.issued.set(state, claims)
  return {
    url: `${tools.publicUrl}/blocks/${record.block}/${claims.step}`,
    method: 'post' as const,
    payload: { state, user_id: '{{user_id}}', input: '{{last_input_text}}' },
  }
}

function requireState({ block }: Issuer, step: string, state: unknown): void {
  if (!Object.hasOwn(block.steps, step)) {
    const steps = Object.keys(block.steps).join(', ') || 'none'
    // Anything but a name may be what a contact wrote, which must not get into a log.
    throw createError('DYN_STEP_MISSING', { step: /^[\w-]{1,64}$/.test(step) ? step : '…', steps })
  }
  const wrong = stateProblem(block, step, state)
  if (wrong) throw createError('DYN_STATE_INVALID', { step, got: wrong })
}
