/**
 * One contact talking with a block, with ManyChat in between, modelled on its documentation and on behaviour seen in the
 * field. The model has no network, timers or clock of its own.
 */
import type { Contact } from '../../blocks/contact.ts'
import { maxTimeoutSeconds } from '../../content/callback.ts'
import type { Channel } from '../../content/channels.ts'
import type { Content } from '../../content/content.ts'
import { stringifyExact } from '../../json/exact-json.ts'
import { readAnswer } from './answer.ts'
import { type Delivery, judgeDelivery, type Via } from './delivery.ts'
import type { ChatEvent, FieldValue, Happening, Purpose, Source } from './event.ts'
import { createProfile } from './profile.ts'
import { fitToChannel, type Shown, type Tappable } from './screen.ts'
import { type Bubble, createState, type Listener, type Saved, type Side } from './state.ts'
import { findTappable, targetOf } from './tappable.ts'
import { fullContactData, render, renderHeaders } from './variables.ts'
import { touched, windowEnd } from './window.ts'
import { type Carry, withoutSecrets } from './wire.ts'

export interface ConversationOptions {
  /** Default: the saved channel, else messenger. */
  channel?: Channel
  /** Full Contact Data, with ids as strings of digits; default: the saved contact. */
  contact?: Contact
  /** The Dynamic Block's settings in the flow. */
  open: Opening
  /** Sends ManyChat's requests. */
  request: Carry
  /** Milliseconds since 1970. */
  now: () => number
  /** Whether callbacks may use http to this machine, as in development; default false. */
  allowLoopback?: boolean
  /** A result of `save()`, from which the conversation continues. */
  saved?: Saved
  onEvent?: (event: ChatEvent) => void
}

export interface Opening {
  url: string
  headers: Record<string, string>
  /** The Body tab. `{{full_contact_data}}` becomes the contact; default: the contact, the channel, and `extras`. */
  body?: unknown
  extras?: Record<string, unknown>
}

/** What the phone shows and ManyChat knows of the contact. */
export interface Screen {
  channel: Channel
  bubbles: Bubble[]
  quickReplies: Tappable[]
  /** Until when a block listens for the next message, in milliseconds since 1970; null: none listens. */
  listener: Pick<Listener, 'until'> | null
  /** Until when free content may be sent, in milliseconds since 1970; null: always. */
  windowUntil: number | null
  contact: Contact
  tags: string[]
  fields: Record<string, FieldValue>
}

export type Conversation = ReturnType<typeof createConversation>

/** Plays ManyChat. Each act of the contact resolves once every call that it caused has been answered. */
export function createConversation(options: ConversationOptions) {
  const { open: opening, request: carry, now, allowLoopback = false, onEvent } = options
  const state: Saved = startOf(options)
  const { act, changeTag, changeField } = createProfile(state, record)
  return {
    open,
    tap,
    say,
    deliver,
    startFlow,
    addTag: (name: string, by: Source = 'api') => changeTag(name, 'added', by),
    removeTag: (name: string, by: Source = 'api') => changeTag(name, 'removed', by),
    /** null empties the field. */
    setField: (name: string, value: FieldValue, by: Source = 'api') => changeField(name, value, by),
    changeContact,
    /** Records that the clock was moved. */
    waited: (ms: number) => void record({ kind: 'waited', ms }),
    screen,
    /** The current Full Contact Data, not a copy: don't change it. */
    get contact(): Readonly<Contact> {
      return state.contact
    },
    save: (): Saved => structuredClone(state),
    /** Everything that happened, oldest first. Events are only ever appended. */
    get events(): readonly ChatEvent[] {
      return state.events
    },
  }

  /** The flow reaches the Dynamic Block, and ManyChat calls it. */
  function open(): Promise<void> {
    touch()
    const { url, headers, extras, body = { contact: fullContactData, channel: state.channel, ...extras } } = opening
    return call('open', url, headers, body)
  }

  /**
   * Taps a button or quick reply by its id or caption; if several share the caption, the latest.
   *
   * @throws DynablockError `DYN_CHAT_TAP`, listing what can be tapped
   */
  async function tap(target: number | string): Promise<void> {
    const { tappable, place } = findTappable(state, target)
    const { id, caption, wire } = tappable
    touch()
    record({ kind: 'tapped', tappable: id, caption, type: wire.type, place })
    // Tapping a quick reply also posts its caption as a message, which the listener receives.
    const heard = place === 'quick-reply' ? post(wire.caption) : undefined
    if ('actions' in wire && wire.actions) act(wire.actions, 'button')
    if (wire.type !== 'dynamic_block_callback') record({ kind: 'followed', ...targetOf(wire), by: 'tap' })
    const tapped =
      wire.type === 'dynamic_block_callback' && call('tap', wire.url, wire.headers ?? {}, wire.payload ?? {})
    await Promise.all([tapped, heard])
  }

  /** Writes a message; returns whether a block listened. If none did, ManyChat's own automation handles the message. */
  async function say(text: string): Promise<boolean> {
    touch()
    record({ kind: 'said', text })
    const heard = post(text)
    if (heard === undefined) {
      const isExpired = state.listener !== null
      record({ kind: 'unheard', text, why: isExpired ? 'expired' : 'no-listener' })
      state.listener = null
    }
    await heard
    return heard !== undefined
  }

  /** Shows a message of the contact and calls the listener with it; undefined when nothing listens. */
  function post(text: string): Promise<void> | undefined {
    state.contact = { ...state.contact, last_input_text: text }
    put([{ type: 'text', text, buttons: [] }], 'contact')
    const { listener } = state
    if (listener === null || listener.until <= now()) return undefined
    state.listener = null
    const { url, headers = {}, payload = {} } = listener.callback
    return call('message', url, headers, payload)
  }

  async function call(purpose: Purpose, url: string, headers: Record<string, string>, body: unknown): Promise<void> {
    const { contact, channel } = state
    const request = {
      method: 'POST' as const,
      url,
      headers: { 'content-type': 'application/json', ...renderHeaders(headers, contact) },
      body: stringifyExact(render(body, contact)),
    }
    const { id } = record({ kind: 'request', purpose, request: withoutSecrets(request) })
    const isCallable = purpose === 'open' || allowLoopback || url.startsWith('https://')
    const response = isCallable ? await carry(request) : ({ failed: 'not-called', ms: 0 } as const)
    const { content, ...verdict } = readAnswer(response, { channel, allowLoopback })
    record({ kind: 'response', request: id, response, ...verdict })
    if (content) show(content, 'answer')
  }

  function show(content: Content, by: 'answer' | 'api'): void {
    const { messages, quickReplies } = fitToChannel(content, state.channel, () => ++state.lastTappable)
    const bubbles = put(messages, 'block', by)
    if (quickReplies.length > 0) state.quickReplies = quickReplies
    if (bubbles.length > 0 || quickReplies.length > 0) record({ kind: 'shown', bubbles, by })
    act(content.actions ?? [], by === 'api' ? 'api' : 'content')
    if (content.external_message_callback) listen({ ...content.external_message_callback })
  }

  function listen(callback: Listener['callback']): void {
    const until = now() + (callback.timeout ?? maxTimeoutSeconds) * 1000
    record({ kind: 'listening', until, replaced: isListening() })
    state.listener = { callback, until }
  }

  /** Adds messages to the screen. Any new message removes the quick replies. */
  function put(messages: Shown[], from: Side, by?: 'answer' | 'api'): number[] {
    if (messages.length > 0) state.quickReplies = []
    return messages.map(message => {
      const id = ++state.lastBubble
      state.bubbles.push({ id, at: now(), from, ...(by === 'api' && { late: true }), message })
      return id
    })
  }

  /** Content from `sendContent`: shows it, or refuses it as the Public API does. */
  function deliver(content: unknown, { via = 'sendContent' }: { via?: Via } = {}): Delivery {
    const { contact, channel } = state
    const isOpen = (windowEnd(contact, channel) ?? Number.POSITIVE_INFINITY) > now()
    const delivery = judgeDelivery(content, { channel, allowLoopback, isOpen })
    const { accepted, problems } = delivery
    const [code, why] = delivery.accepted ? [null, null] : [delivery.code, delivery.message]
    record({ kind: 'delivery', via, accepted, code, why, problems })
    if (delivery.accepted)
      show(via === 'sendContentByUserRef' ? withoutActions(delivery.content) : delivery.content, 'api')
    return delivery
  }

  /** A flow from `sendFlow`, which ManyChat runs itself, at any time. */
  function startFlow(target: string): void {
    record({ kind: 'followed', type: 'flow', target, by: 'api' })
  }

  function changeContact(fields: Partial<Contact>): void {
    state.contact = { ...state.contact, ...structuredClone(fields) }
  }

  function screen(): Screen {
    const { events: _, ...shown } = state
    const { channel, bubbles, quickReplies, listener, contact, tags } = structuredClone(shown)
    return {
      channel,
      bubbles,
      quickReplies,
      listener: listener && isListening() ? { until: listener.until } : null,
      windowUntil: windowEnd(contact, channel),
      contact,
      tags,
      fields: contact.custom_fields ?? {},
    }
  }

  function isListening(): boolean {
    return state.listener !== null && state.listener.until > now()
  }

  function touch(): void {
    state.contact = touched(state.contact, state.channel, now())
  }

  function record(happening: Happening): ChatEvent {
    const event: ChatEvent = { id: state.events.length + 1, at: now(), ...happening }
    state.events.push(event)
    onEvent?.(event)
    return event
  }
}

function startOf({ saved, channel, contact }: ConversationOptions): Saved {
  const state = saved ? structuredClone(saved) : createState(channel ?? 'messenger', contact as Contact)
  return { ...state, ...(channel && { channel }), ...(contact && { contact: structuredClone(contact) }) }
}

/** sendContentByUserRef ignores actions, says the API's description. */
function withoutActions({ actions: _, ...content }: Content): Content {
  return content
}
