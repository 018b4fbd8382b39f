/** A conversation as a test wants it: captions in, texts out, and no failure that goes unnoticed. */
import type { Contact } from '../../blocks/contact.ts'
import { createError } from '../../errors.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { ChatEvent, ChatProblem, FieldValue } from '../conversation/event.ts'
import type { ChatClock } from './clock.ts'
import { type ChatMessage, toChatMessage } from './message.ts'

export interface ChatParts {
  conversation: Conversation
  clock: ChatClock
  /** Whether what fails is thrown. */
  strict: boolean
  /** What went wrong beside the answers, since this was last asked. */
  takeFailures?: () => ChatProblem[]
  /** What a handler threw, since this was last asked. */
  takeThrown?: () => unknown
  /** Resolves when late replies have arrived: `ready`, those whose handlers have returned; `all` waits for these too. */
  arrive?: (which: 'ready' | 'all') => Promise<void>
  close?: () => Promise<void>
}

/** A contact who talks with a block. Each verb resolves once all that it caused is answered. */
export interface Chat extends AsyncDisposable {
  /** The flow reaches the block once more. */
  open(): Promise<void>
  /**
   * Taps the button or quick reply with that caption. Of several, the latest; all buttons that were ever shown can be
   * tapped, quick replies only while nothing else was shown after them.
   *
   * @throws DynablockError `DYN_CHAT_TAP` naming what can be tapped, `DYN_CHAT_FAILED`
   */
  tap(caption: string | number): Promise<void>
  /**
   * Writes a message.
   *
   * @throws DynablockError `DYN_CHAT_UNHEARD` when no block listens, `DYN_CHAT_FAILED`
   */
  say(text: string): Promise<void>
  /** Lets time pass in the chat; then late replies arrive whose handlers have returned. */
  wait(seconds: number): Promise<void>
  /** Resolves when every handler has returned and its late reply has arrived. */
  settled(): Promise<void>
  /** Ends the chat; does the same as `await using`. */
  close(): Promise<void>
  /** All that the block showed, oldest first. */
  readonly messages: ChatMessage[]
  /** The last of them. */
  readonly last: ChatMessage | undefined
  /** What came since the contact last did something, or waited. */
  readonly answer: ChatMessage[]
  /** The texts of `answer`. */
  readonly texts: string[]
  /** The captions of the buttons in `answer`. */
  readonly buttons: string[]
  /** The captions over the keyboard. */
  readonly quickReplies: string[]
  /** Whether a block waits for the next message. */
  readonly isListening: boolean
  readonly tags: string[]
  readonly fields: Record<string, FieldValue>
  readonly contact: Contact
  /** All that was wrong so far, errors and warnings. */
  readonly problems: ChatProblem[]
  /** All that happened, with each request and answer. */
  readonly events: readonly ChatEvent[]
  /** The model behind it, for what has no verb here. */
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
  /** The last bubble before what the contact did last. */
  let before = 0
  /** How many events have been looked at for problems. */
  let looked = 0
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
    await verb()
    const found = collect()
    problems.push(...found)
    const errors = found.filter(({ severity }) => severity === 'error')
    const cause = takeThrown()
    if (!strict || errors.length === 0) return
    const got = errors.map(({ path, rule, message }) => `- ${rule}${path && ` at ${path}`}: ${message}`).join('\n')
    throw createError('DYN_CHAT_FAILED', { got }, cause === undefined ? undefined : { cause })
  }

  /** What the latest answers say, and what else went wrong: a failure may be told in both ways. */
  function collect(): ChatProblem[] {
    const events = conversation.events.slice(looked)
    looked += events.length
    const told = events.flatMap(event => ('problems' in event ? event.problems : []))
    const further = takeFailures().filter(failure => !told.some(({ rule }) => rule === failure.rule))
    return [...told, ...further]
  }
}
