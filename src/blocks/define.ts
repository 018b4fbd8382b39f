import type { Static, TSchema } from '@sinclair/typebox'
import type { Content } from '../content/content.ts'
import type { Message } from '../content/message.ts'
import type { Call, StateOf, States } from './call.ts'
import type { MemoryOptions, NoMemory } from './memory.ts'
import { validateDefinition } from './validate.ts'

/**
 * What a handler may return: content; one message; a list of messages; a string, which becomes one text message; or
 * nothing, which shows nothing.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without a return statement is one that shows nothing
export type Reply = ContentReply | Message | Message[] | string | null | undefined | void

/** Content as a handler returns it; the messages may be omitted. */
export interface ContentReply extends Omit<Content, 'messages'> {
  messages?: Message[]
}

export type Handler<C = Call> = (call: C) => Reply | Promise<Reply>

/** The options of a block besides its handlers. */
export interface BlockOptions {
  /** One line that tells people what the block does. */
  description?: string
  /** What the contact sees while a late reply is on its way; default a short text. */
  waiting?: Reply
  /** What the contact sees when the block fails; default a short text. */
  fallback?: Reply
  /** What the contact sees after tapping a button that is too old; default a short text. */
  expired?: Reply
  /** Put before a late reply, to say what it answers, like `About your order:`; default nothing. */
  latePrefix?: string
  /** How long a handler may take, in milliseconds, 1 to 9500; default REPLY_WITHIN_MS. ManyChat gives up after 10 s. */
  replyWithinMs?: number
  /** How long a late reply may take before `fallback` is sent, in milliseconds, 1000 to one day; default LATE_WITHIN_MS. */
  lateWithinMs?: number
  /** Whether a late reply is run again if its process died; default true. */
  rerun?: boolean
  /** How long the buttons of this block work, in seconds; default 2592000, 30 days. */
  expiresAfterSeconds?: number
}

export interface BlockDefinition<S extends States, K extends string, M extends TSchema = NoMemory>
  extends BlockOptions {
  /** The schema of each step's state; a step that is not listed has no state. */
  states?: S & { [Step in Exclude<keyof S, K>]: never }
  /** What the block remembers of each contact; default nothing. Its calls of one contact then run one at a time. */
  memory?: MemoryOptions<M>
  /** Entered by the Dynamic Block itself. */
  open: Handler<Call<S, K, undefined, Static<M>>>
  /** Entered by taps and messages. */
  steps?: { [Step in K]: Handler<Call<S, K, StateOf<S, Step>, Static<M>>> }
}

const brand = Symbol.for('dynablock.block')

/** A block as the server runs it. Only `defineBlock` makes one. */
export interface Block<K extends string = string> extends BlockOptions {
  readonly [brand]: true
  readonly states: Record<string, TSchema>
  readonly memory?: MemoryOptions
  readonly open: Handler
  readonly steps: Record<K, Handler>
}

/**
 * Defines a block. A file exports it as its default, and the block is named after the file.
 *
 * @example
 * export default defineBlock({
 *   open: ({ contact, tap }) => text(`Hi ${contact.first_name ?? 'there'}!`, [tap('Go on', 'next')]),
 *   steps: { next: () => 'Well done.' },
 * })
 * @throws DynablockError `DYN_BLOCK_INVALID` when an option is unknown or of the wrong kind
 */
export function defineBlock<
  S extends States = Record<never, never>,
  K extends string = never,
  M extends TSchema = NoMemory,
>(definition: BlockDefinition<S, K, M>): Block<K> {
  validateDefinition(definition)
  const { states = {}, steps = {} } = definition
  return Object.freeze({ ...definition, states, steps, [brand]: true as const }) as unknown as Block<K>
}

export function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && brand in value
}
