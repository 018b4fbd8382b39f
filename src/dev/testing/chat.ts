/** A conversation for tests: captions in, texts out, and every failure reported. */
import type { Contact } from '../../blocks/contact.ts'
import { createError, DynablockError, dataOf } from '../../errors/errors.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { ChatEvent, ChatProblem, FieldValue } from '../conversation/event.ts'
import type { ChatClock } from './clock.ts'
import { type ChatMessage, toChatMessage } from './message.ts'

export interface ChatParts {
  conversation: Conversation
  clock: ChatClock
  /** Whether failures are thrown. */
  strict: boolean
  /** Failures outside of the answers since the last call. */
  takeFailures?: () => ChatProblem[]
  /** The last error that a handler threw since the last call. */
  takeThrown?: () => unknown
  /** Resolves when late replies have arrived. `ready`: of handlers that have returned; `all`: waits for every handler. */
  arrive?: (which: 'ready' | 'all') => Promise<void>
  close?: () => Promise<void>
}

/** A contact talking with a block. Each method resolves once every call that it caused has been answered. */
export interface Chat extends AsyncDisposable {
  /** The flow reaches the Dynamic Block again. */
  open(): Promise<void>
  /**
   * Taps the latest button or quick reply with this caption. Every button shown so far can be tapped; quick replies only
   * until the next message.
   *
   * @throws DynablockError `DYN_CHAT_TAP`, listing what can be tapped; `DYN_CHAT_FAILED`
   */
  tap(caption: string | number): Promise<void>
  /**
   * Writes a message.
   *
   * @throws DynablockError `DYN_CHAT_UNHEARD` when no block listens; `DYN_CHAT_FAILED`
   */
  say(text: string): Promise<void>
  /** Moves the chat's clock forward. Then late replies arrive from handlers that have returned. */
  wait(seconds: number): Promise<void>
  /** Resolves when every handler has returned and its late reply has arrived. */
  settled(): Promise<void>
  /** Ends the chat. `await using` calls it. */
  close(): Promise<void>
  /** All messages of the block, oldest first. */
  readonly messages: ChatMessage[]
  /** The last of `messages`. */
  readonly last: ChatMessage | undefined
  /** The messages since the contact last did something or waited. */
  readonly answer: ChatMessage[]
  /** The texts of `answer`. */
  readonly texts: string[]
  /** The captions of the buttons in `answer`. */
  readonly buttons: string[]
  /** The captions of the quick replies on the screen. */
  readonly quickReplies: string[]
  /** Whether a block waits for the next message. */
  readonly isListening: boolean
  readonly tags: string[]
  readonly fields: Record<string, FieldValue>
  readonly contact: Contact
  /** All errors and warnings so far. */
  readonly problems: ChatProblem[]
  /** Everything that happened, with each request and answer. */
  readonly events: readonly ChatEvent[]
  /** The underlying model, for what has no method here. */
  readonly conversation: Conversation
}

export function createChat({
  conversation,
  clock,
  strict,
  takeFailures = () => [],
  takeThrown = () => undefined,
  arrive = async () => {},
  close = async () => {},
}: ChatParts): Chat {
  const problems: ChatProblem[] = []
  /** The last message before the contact's last act. */
  let before = 0
  /** The number of events already searched for problems. */
  let inspected = 0
  const shown = () => conversation.screen().bubbles.filter(({ from }) => from === 'block')
  return {
    open: () => act(conversation.open),
    tap: caption => act(() => conversation.tap(caption)),
    say,
    wait,
    settled: () => act(() => arrive('all')),
    close,
    [Symbol.asyncDispose]: close,
    get messages() {
      return shown().map(toChatMessage)
    },
    get last() {
      return this.messages.at(-1)
    },
    get answer() {
      return shown()
        .filter(({ id }) => id > before)
        .map(toChatMessage)
    },
    get texts() {
      return this.answer.flatMap(({ type, text }) => (type === 'text' ? text : []))
    },
    get buttons() {
      return this.answer.flatMap(({ buttons }) => buttons)
    },
    get quickReplies() {
      return conversation.screen().quickReplies.map(({ caption }) => caption)
    },
    get isListening() {
      return conversation.screen().listener !== null
    },
    get tags() {
      return conversation.screen().tags
    },
    get fields() {
      return conversation.screen().fields
    },
    get contact() {
      return conversation.screen().contact
    },
    get problems() {
      return [...problems]
    },
    get events() {
      return conversation.events
    },
    conversation,
  }

  async function say(text: string): Promise<void> {
    await act(async () => {
      if (await conversation.say(text)) return
      const last = conversation.events.at(-1)
      const isExpired = last?.kind === 'unheard' && last.why === 'expired'
      throw createError('DYN_CHAT_UNHEARD', { got: isExpired ? 'one whose time was over' : 'none' })
    })
  }

  async function wait(seconds: number): Promise<void> {
    await act(async () => {
      clock.advance(seconds * 1000)
      await arrive('ready')
    })
  }

  async function act(verb: () => Promise<unknown>): Promise<void> {
    before = conversation.screen().bubbles.at(-1)?.id ?? 0
    const refusal = await verb().then(
      () => [],
      error => [toProblem(error)],
    )
    const found = [...refusal, ...collect()]
    problems.push(...found)
    const errors = found.filter(({ severity }) => severity === 'error')
    const cause = takeThrown()
    if (!strict || errors.length === 0) return
    const got = errors.map(({ path, rule, message }) => `- ${rule}${path && ` at ${path}`}: ${message}`).join('\n')
    throw createError('DYN_CHAT_FAILED', { got }, cause === undefined ? undefined : { cause })
  }

  /** An error of the chat itself is thrown when strict, else reported like other failures. */
  function toProblem(error: unknown): ChatProblem {
    if (strict || !(error instanceof DynablockError)) throw error
    return { path: '', rule: error.code, severity: 'error', message: error.message, ...dataOf(error) }
  }

  /** Problems in the latest answers, and other failures: the same failure can appear in both. */
  function collect(): ChatProblem[] {
    const events = conversation.events.slice(inspected)
    inspected += events.length
    const inAnswers = events.flatMap(event => ('problems' in event ? event.problems : []))
    const further = takeFailures().filter(failure => !inAnswers.some(({ rule }) => rule === failure.rule))
    return [...inAnswers, ...further]
  }
}
