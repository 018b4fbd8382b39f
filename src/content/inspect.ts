import type { Static, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { type Action, Actions } from './action.ts'
import { type Button, flowId } from './button.ts'
import { type Callback, ExternalMessageCallback, isWritable } from './callback.ts'
import { type Channel, capabilities, channelNamed, longestText, supported } from './channels.ts'
import { type Content, maxMessages, QuickReplies } from './content.ts'
import type { Fitting } from './fit.ts'
import { type Card, Message } from './message.ts'
import { addProblem, type Problem, type Values } from './problem.ts'
import type { QuickReply } from './quick-reply.ts'
import type { Rule } from './rules.ts'
import { describeAddress, httpsAddress } from './shape.ts'
import { exceeds, measure, splitForButtons } from './split.ts'

export interface InspectOptions {
  /** The channel whose limits apply; default: the one that `content.type` names, else `messenger`. */
  channel?: Channel
  /** The content is sent by sendContent: no flow is running then, and `node` targets lead nowhere. Default false. */
  outsideFlow?: boolean | undefined
  /** Callbacks may use http to this machine, as in development; default false. */
  allowLoopback?: boolean | undefined
}

export interface PartsOptions extends InspectOptions {
  channel: Channel
  /** Whether the content matches its schema. Otherwise its parts are inspected that match theirs. */
  isSound: boolean
  /** Whether long texts are split. */
  canSplit: boolean
}

export interface Inspected extends Fitting {
  problems: Problem[]
}

const noSplits: Fitting['splits'] = new Map()

/** Lists what the rules of the channel, and other rules that a schema can't express, object to. */
export function inspectParts(content: Content, options: PartsOptions): Inspected {
  const { isSound, canSplit } = options
  const problems: Problem[] = []
  const parts = (typeof content === 'object' && content !== null ? content : {}) as Content
  const can = capabilities[options.channel]
  let splits: Map<number, string[]> | undefined
  let hasStrangeSize = false
  inspectAll()
  return { problems, splits: splits ?? noSplits, hasStrangeSize }

  function report(path: string, rule: Rule, values: Values = {}): void {
    addProblem(problems, path, rule, { channel: can.name, ...values })
  }

  /** If the content has a wrong shape in one place, its other parts are still inspected: one run shows every problem. */
  function matches<S extends TSchema>(schema: S, part: unknown): part is Static<S> {
    return part !== undefined && (isSound || Value.Check(schema, part))
  }

  function inspectAll(): void {
    const { type, messages, actions, quick_replies, external_message_callback } = parts
    if (channelNamed(type) && type !== can.type) {
      report('/type', 'content-type', { expected: can.type ?? 'no type', got: `"${type}"` })
    }
    if (Array.isArray(messages)) inspectMessages(messages)
    if (matches(Actions, actions)) inspectActions(actions, '')
    if (matches(QuickReplies, quick_replies)) inspectQuickReplies(quick_replies)
    if (matches(ExternalMessageCallback, external_message_callback)) {
      inspectCallback(external_message_callback, '/external_message_callback')
      if (can.externalMessageCallback === 'undocumented') {
        report('/external_message_callback', 'undocumented-callback')
      }
    }
  }

  function inspectMessages(messages: Message[]): void {
    let long: LongText[] | undefined
    for (let i = 0; i < Math.min(messages.length, maxMessages); i++) {
      const message = messages[i]
      if (!matches(Message, message)) continue
      inspectMessage(message, `/messages/${i}`)
      if (message.type !== 'text') continue
      const { text, buttons: { length: buttons } = [] } = message
      const limit = buttons > 0 ? can.text.withButtons : can.text.alone
      if (exceeds(text, limit, can.text.unit)) {
        long ??= []
        long.push({ index: i, text, buttons, limit })
      }
    }
    const shown = messages.length + (long ? splitTexts(long, maxMessages - messages.length) : 0)
    if (shown > can.messagesShown) {
      const path = `/messages/${Math.min(can.messagesShown, messages.length - 1)}`
      report(path, 'first-message-only', { expected: 'one message', got: `${shown}` })
    }
  }

  /** Splits texts while there is room, first those that would be refused. Returns how many messages this adds. */
  function splitTexts(long: LongText[], room: number): number {
    let added = 0
    const isRefused = ({ text }: LongText) => exceeds(text, longestText, 'characters')
    for (const one of [...long.filter(isRefused), ...long.filter(one => !isRefused(one))]) {
      const { index, text, buttons, limit } = one
      const most = canSplit ? 1 + Math.max(0, room - added) : 0
      const parts = splitForButtons(text, buttons > 0 ? can.text : { ...can.text, withButtons: can.text.alone }, most)
      const expected = `at most ${limit} ${can.text.unit}${buttons > 0 ? ' with buttons' : ''}`
      const got = `${measure(text, can.text.unit)}`
      if (parts) {
        splits ??= new Map()
        splits.set(index, parts)
        added += parts.length - 1
        report(`/messages/${index}/text`, 'text-split', { expected, got, parts: parts.length })
      } else report(`/messages/${index}/text`, isRefused(one) ? 'text-limit' : 'text-length', { expected, got })
    }
    return added
  }

  function inspectMessage(message: Message, path: string): void {
    const support = can.messages[message.type]
    if (support === 'no')
      report(`${path}/type`, 'channel-message', { names: supported(can.messages), got: message.type })
    else if (support === 'undocumented') report(`${path}/type`, 'undocumented-message', { got: message.type })
    if (message.type === 'cards') {
      for (let i = 0; i < message.elements.length; i++)
        inspectCard(message.elements[i] as Card, `${path}/elements/${i}`)
    } else if (message.type !== 'text') inspectMedia(message, `${path}/url`)
    if (!('buttons' in message) || !message.buttons) return
    if (message.type === 'image' && message.buttons.length > 0 && can.imageButtons === 'undocumented') {
      report(`${path}/buttons`, 'undocumented-image-buttons')
    }
    inspectButtons(message.buttons, path)
  }

  function inspectMedia({ type, url }: Message & { url: string }, path: string): void {
    inspectUrl(url, path)
    const format = type === 'image' && /^[^?#]*\.(webp|svg|bmp|tiff?|heic|avif)(?:[?#]|$)/i.exec(url)?.[1]
    if (format) report(path, 'image-format', { expected: 'a JPG, PNG or GIF', got: format.toLowerCase() })
  }

  function inspectCard({ title, subtitle, image_url, action_url, buttons }: Card, path: string): void {
    inspectLength(title, can.card, `${path}/title`, 'card-title-length')
    if (subtitle) inspectLength(subtitle, can.card, `${path}/subtitle`, 'card-subtitle-length')
    if (image_url) inspectUrl(image_url, `${path}/image_url`)
    if (action_url) inspectUrl(action_url, `${path}/action_url`)
    if (buttons) inspectButtons(buttons, path)
  }

  function inspectButtons(buttons: Button[], parent: string): void {
    if (buttons.length > can.buttonsPerMessage) {
      const expected = `at most ${can.buttonsPerMessage} buttons`
      report(`${parent}/buttons`, 'max-buttons', { expected, got: `${buttons.length}` })
    }
    for (let i = 0; i < buttons.length; i++) inspectButton(buttons[i] as Button, `${parent}/buttons/${i}`)
  }

  function inspectButton(button: Button, path: string): void {
    const support = can.buttons[button.type]
    if (support === 'no') {
      report(`${path}/type`, 'channel-button', { names: supported(can.buttons), got: button.type })
    } else if (support === 'undocumented') {
      report(`${path}/type`, 'undocumented-button', { got: button.type })
    }
    inspectLength(button.caption, can.caption, `${path}/caption`, 'caption-length')
    if (button.type === 'url') {
      inspectUrl(button.url, `${path}/url`)
      if (button.webview_size && !can.webviewSize) {
        hasStrangeSize = true
        report(`${path}/webview_size`, 'channel-webview-size')
      }
    } else inspectTarget(button, path)
    if ('actions' in button && button.actions) inspectActions(button.actions, path)
  }

  function inspectQuickReplies(replies: QuickReply[]): void {
    if (replies.length > 0 && supported(can.quickReplies).length === 0)
      report('/quick_replies', 'channel-quick-replies')
    for (let i = 0; i < replies.length; i++) {
      const reply = replies[i] as QuickReply
      const path = `/quick_replies/${i}`
      inspectLength(reply.caption, can.caption, `${path}/caption`, 'caption-length')
      inspectTarget(reply, path)
      if (can.quickReplies[reply.type] === 'undocumented') {
        report(`${path}/type`, 'undocumented-quick-reply', { got: reply.type })
      }
    }
  }

  function inspectActions(actions: Action[], parent: string): void {
    for (let i = 0; i < actions.length; i++) {
      const action = actions[i]
      if (action?.action !== 'set_field_value' || !Number.isInteger(action.value)) continue
      if (!Number.isSafeInteger(action.value)) {
        const expected = 'a number below 2^53 or a bigint'
        report(`${parent}/actions/${i}/value`, 'exact-number', { expected, got: 'a larger number' })
      }
    }
  }

  function inspectTarget(part: Button | QuickReply, path: string): void {
    if (part.type === 'dynamic_block_callback') inspectCallback(part, path)
    else if (part.type === 'flow' && !flowId.test(part.target)) {
      report(`${path}/target`, 'flow-target', { expected: 'the id of a flow, like content20180221085508_278589' })
    } else if (part.type === 'node' && options.outsideFlow) report(`${path}/type`, 'node-outside-flow')
  }

  function inspectCallback({ url, payload }: Callback, path: string): void {
    if (!url.startsWith('https://') && !options.allowLoopback) {
      report(`${path}/url`, 'https-callback', { expected: httpsAddress, got: describeAddress(url) })
    }
    if (payload && !isWritable(payload)) {
      report(`${path}/payload`, 'value', { expected: 'plain JSON data', got: 'a value that JSON cannot hold' })
    }
  }

  function inspectUrl(url: string, path: string): void {
    if (!url.startsWith('https://')) report(path, 'https-url', { expected: httpsAddress, got: describeAddress(url) })
  }

  function inspectLength(text: string, limit: number, path: string, rule: Rule): void {
    if (!exceeds(text, limit, 'characters')) return
    report(path, rule, { expected: `at most ${limit} characters`, got: `${measure(text, 'characters')}` })
  }
}

interface LongText {
  /** Of the message. */
  index: number
  text: string
  buttons: number
  /** What the channel shows of it. */
  limit: number
}
