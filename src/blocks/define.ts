import type { TSchema } from '@sinclair/typebox'
import type { Content } from '../content/content.ts'
import type { Message } from '../content/message.ts'
import type { Call, StateOf, States } from './call.ts'
import { validateDefinition } from './validate.ts'

/**
 * What a handler may return: content; one message; a list of messages; a string, which is one text message; or nothing,
 * which shows nothing.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without a return statement is one that shows nothing
export type Reply = Content | Omit<Content, 'messages'> | Message | Message[] | string | null | undefined | void

export type Handler<C = Call> = (call: C) => Reply | Promise<Reply>

/** What a block may say beside its handlers. */
export interface BlockOptions {
  /** One line for people. */
  description?: string
  /** What the contact sees while a late reply is on its way; default a short text. */
  waiting?: Reply
  /** What the contact sees when the block fails; default a short text. */
  fallback?: Reply
  /** What the contact sees after tapping a button that is too old; default a short text. */
  expired?: Reply
  /** How long a handler may take, in milliseconds, 1 to 9500; default REPLY_WITHIN_MS. ManyChat gives up after 10 s. */
  replyWithinMs?: number
  /** Whether a late reply whose process died is run again; default true. */
  rerun?: boolean
  /** How long the buttons of this block work, in seconds; default 2592000, 30 days. */
  expiresAfterSeconds?: number
}

export interface BlockDefinition<S extends States, K extends string> extends BlockOptions {
  /** What each step is given; a step that is not listed has no state. */
  states?: S & { [Step in Exclude<keyof S, K>]: never }
  /** Entered by the Dynamic Block itself. */
  open: Handler<Call<S, K, undefined>>
  /** Entered by taps and messages. */
  steps?: { [Step in K]: Handler<Call<S, K, StateOf<S, Step>>> }
}

const brand = Symbol.for('dynablock.block')

/** A block as the server runs it; made by `defineBlock` only. */
export interface Block extends BlockOptions {
  readonly [brand]: true
  readonly states: Record<string, TSchema>
  readonly open: Handler
  readonly steps: Record<string, Handler>
}

/**
 * Defines a block; the file exports it as default, and the name of the file is the name of the block.
 *
 * @example
 * export default defineBlock({
 *   open: ({ contact, tap }) => text(`Hi ${contact.first_name ?? 'there'}!`, [tap('Go on', 'next')]),
 *   steps: { next: () => 'Well done.' },
 * })
 * @throws DynablockError `DYN_BLOCK_INVALID` when an option is unknown or of the wrong kind
 */
export function defineBlock<S extends States = Record<never, never>, K extends string = never>(
  definition: BlockDefinition<S, K>,
): Block {
  validateDefinition(definition)
  const { states = {}, steps = {} } = definition
  return Object.freeze({ ...definition, states, steps, [brand]: true as const }) as unknown as Block
}

export function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && brand in value
}
