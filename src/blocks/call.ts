import type { Static, TSchema } from '@sinclair/typebox'
import type { Button } from '../content/button.ts'
import type { ExternalMessageCallback } from '../content/callback.ts'
import type { Channel } from '../content/channels.ts'
import type { Content } from '../content/content.ts'
import type { QuickReply } from '../content/quick-reply.ts'
import type { Log } from '../log.ts'
import type { ManyChat } from '../manychat/client.ts'
import type { Contact } from './contact.ts'

/** The schemas of the states, by step. */
export type States = Record<string, TSchema>

/** The type of a step's state: what `states` declares for it, else undefined. */
export type StateOf<S extends States, Step> = Step extends keyof S ? Static<S[Step]> : undefined

/** The names that may be passed as a step. If the block has no steps, the compiler's message shows this text. */
type StepOf<K extends string> = [K] extends [never] ? 'this block has no steps' : K

/** A step with a state requires it, a step without one refuses it. A helper that takes any `Call` may do either. */
type StateArgument<S extends States, Step> = string extends keyof S
  ? [state?: unknown]
  : Step extends keyof S
    ? [state: Static<S[Step]>]
    : []
type ListenArguments<S extends States, Step> = string extends keyof S
  ? [state?: unknown, options?: ListenOptions]
  : Step extends keyof S
    ? [state: Static<S[Step]>, options?: ListenOptions]
    : [state?: undefined, options?: ListenOptions]

/** A step without a state, which any message may enter. */
type StatelessStep<S extends States, K extends string> = string extends keyof S ? K : Exclude<K, keyof S>

/** One choice of a menu: what it says and where it leads. */
export type MenuChoice<S extends States = States, K extends string = string> = string extends keyof S
  ? { caption: string; step: string; state?: unknown }
  : {
      [P in K]: P extends keyof S
        ? { caption: string; step: P; state: Static<S[P]> }
        : { caption: string; step: P; state?: undefined }
    }[K]

export interface ListenOptions {
  /** How long to wait for the contact's next message, 1 to 86400; default 86400, one day. */
  timeoutSeconds?: number
}

/** What a handler gets: who is calling, what they said, and the functions that continue the conversation. */
export interface Call<S extends States = States, K extends string = string, State = unknown, Memory = unknown> {
  /**
   * The contact. When the block opens: Full Contact Data as received. In a step: only what the callback carried, which is
   * `id`, `page_id`, `first_name` and `language`; `fullContact` fetches the rest.
   */
  contact: Contact
  /** The page id; null when the body had none. */
  page: string | null
  channel: Channel
  /** The contact's last message; null when it is empty or ManyChat did not render the variable. */
  input: string | null
  /** The state that was passed to this step. */
  state: State
  /** The rest of the body, without the contact. */
  extras: Record<string, unknown>
  /** Stays the same when the call is run again, so it can serve as an idempotency key. */
  id: string
  /** 1 for the first run, and one more for each rerun. */
  attempt: number
  /** Aborts when nobody is waiting for the reply any more. */
  signal: AbortSignal
  log: Log
  /**
   * The Public API, bound to the key of this page.
   *
   * @throws DynablockError `DYN_PAGE_KEY_MISSING` or `DYN_PAGE_UNKNOWN` when it is used without a key for the page
   */
  manychat: ManyChat
  /** The contact with all its fields; in a step, this calls `subscriber/getInfo` of the Public API. */
  fullContact(): Promise<Contact>
  /**
   * What the block remembers of this contact: undefined at first, once `keepDays` have passed since the last write, and when
   * the schema has changed and `migrate` has no answer.
   *
   * @throws DynablockError `DYN_MEMORY_MISSING` in a block without the option `memory`, `DYN_STORE_FAILED`
   */
  memory(): Promise<Memory | undefined>
  /**
   * Replaces what the block remembers: JSON of at most 64 kB. It is stored together with the answer, or not at all.
   *
   * @throws DynablockError `DYN_MEMORY_INVALID` when the value isn't what the schema says, or isn't JSON
   */
  remember(value: Memory): Promise<void>
  /**
   * Erases at once what every block of this server holds about the contact, and cancels what waits to be sent to them.
   *
   * @throws DynablockError `DYN_STORE_FAILED`
   */
  forgetContact(): Promise<void>
  /** A button that enters a step. */
  tap<Step extends StepOf<K>>(caption: string, step: Step, ...state: StateArgument<S, Step>): Button
  /** A quick reply that enters a step. Messenger and Instagram. */
  tapReply<Step extends StepOf<K>>(caption: string, step: Step, ...state: StateArgument<S, Step>): QuickReply
  /** An `external_message_callback`: the contact's next message enters the step, as `input`. */
  listen<Step extends StepOf<K>>(step: Step, ...rest: ListenArguments<S, Step>): ExternalMessageCallback
  /**
   * A question with given answers, as content that fits the channel: quick replies on Messenger and Instagram; on WhatsApp,
   * Telegram and TikTok a numbered list and a listener, which accepts the number or the caption.
   *
   * @param options.otherwise the step for any other message where it is a list; default: the menu asks again
   */
  menu(
    prompt: string,
    choices: MenuChoice<S, StepOf<K>>[],
    options?: { otherwise?: StatelessStep<S, StepOf<K>> },
  ): Content
  /** A choice for a menu that is built from a list: `topics.map(topic => choice(topic.name, 'answer', { topic }))`. */
  choice<Step extends StepOf<K>>(caption: string, step: Step, ...state: StateArgument<S, Step>): MenuChoice<S, Step>
}
