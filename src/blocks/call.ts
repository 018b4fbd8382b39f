import type { Static, TSchema } from '@sinclair/typebox'
import type { Button } from '../content/button.ts'
import type { ExternalMessageCallback } from '../content/callback.ts'
import type { Channel } from '../content/channels.ts'
import type { Content } from '../content/content.ts'
import type { QuickReply } from '../content/quick-reply.ts'
import type { ManyChat } from '../manychat/client.ts'
import type { Contact } from './contact.ts'

/** The schemas of the states, by step. */
export type States = Record<string, TSchema>

/** What the step is given: what `states` declares for it, or nothing. */
export type StateOf<S extends States, Step> = Step extends keyof S ? Static<S[Step]> : undefined

/** A step that has a state must be given it, one that has none can't be. */
type StateArgument<S extends States, Step> = Step extends keyof S ? [state: Static<S[Step]>] : []
type ListenArguments<S extends States, Step> = Step extends keyof S
  ? [state: Static<S[Step]>, options?: ListenOptions]
  : [state?: undefined, options?: ListenOptions]

/** One line of a menu: what it says and where it leads. */
export type MenuChoice<S extends States, K extends string> = {
  [P in K]: P extends keyof S
    ? { caption: string; step: P; state: Static<S[P]> }
    : { caption: string; step: P; state?: undefined }
}[K]

export interface ListenOptions {
  /** How long the contact's next message is waited for, 1 to 86400; default 86400, one day. */
  timeoutSeconds?: number
}

/** Writes to the server's log. Never log what a contact wrote. */
export interface Log {
  debug(details: object, message?: string): void
  info(details: object, message?: string): void
  warn(details: object, message?: string): void
  error(details: object, message?: string): void
}

/** What a handler is given: who calls, what they said, and the verbs to go on with. */
export interface Call<S extends States = States, K extends string = string, State = unknown> {
  /**
   * The contact. When the block opens: Full Contact Data as received. In a step: what the callback carried, which is
   * `id`, `page_id`, `first_name` and `language`; `fullContact` gets the rest.
   */
  contact: Contact
  /** The page id; null when the body had none. */
  page: string | null
  channel: Channel
  /** What the contact last said; null when that is empty or ManyChat did not render it. */
  input: string | null
  /** What was passed on to this step. */
  state: State
  /** What the body held beside the contact. */
  extras: Record<string, unknown>
  /** The same when the call is run again: an idempotency key. */
  id: string
  /** 1, and one more each time the call is run again. */
  attempt: number
  /** Aborts when nobody waits for the reply any more. */
  signal: AbortSignal
  log: Log
  /**
   * The Public API, bound to the key of this page.
   *
   * @throws DynablockError `DYN_PAGE_KEY_MISSING` or `DYN_PAGE_UNKNOWN` when it is used with no key for the page
   */
  manychat: ManyChat
  /** The contact with all its fields; in a step it asks `subscriber/getInfo` of the Public API. */
  fullContact(): Promise<Contact>
  /** A button that enters a step. */
  tap<Step extends K>(caption: string, step: Step, ...state: StateArgument<S, Step>): Button
  /** A quick reply that enters a step. Messenger and Instagram. */
  tapReply<Step extends K>(caption: string, step: Step, ...state: StateArgument<S, Step>): QuickReply
  /** An `external_message_callback`: the contact's next message enters the step, as `input`. */
  listen<Step extends K>(step: Step, ...rest: ListenArguments<S, Step>): ExternalMessageCallback
  /**
   * A question with given answers, as content that fits the channel: quick replies on Messenger and Instagram; on WhatsApp
   * and Telegram a numbered list and a listener, which takes the number or the caption.
   *
   * @param options.otherwise the step for any other message on WhatsApp and Telegram; default: the menu asks again
   */
  menu(prompt: string, choices: MenuChoice<S, K>[], options?: { otherwise?: Exclude<K, keyof S> }): Content
}
