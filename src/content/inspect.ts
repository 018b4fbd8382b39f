import type { Static, TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { Value } from '@sinclair/typebox/value'
import { type Action, Actions } from './action.ts'
import type { Button } from './button.ts'
import { type Callback, ExternalMessageCallback, isWritable } from './callback.ts'
import { type Capabilities, type Channel, capabilities, channels } from './channels.ts'
import { Content, maxMessages, QuickReplies } from './content.ts'
import { type Card, Message } from './message.ts'
import { createProblem, maxProblems, type Problem, type Rule } from './problem.ts'
import type { QuickReply } from './quick-reply.ts'
import { describeAddress, explainShape } from './shape.ts'

export interface InspectOptions {
  /** Whose limits hold; default: what `content.type` says, else `messenger`. */
  channel?: Channel
  /** The content goes out by sendContent, where no flow is running and `node` targets lead nowhere; default false. */
  outsideFlow?: boolean
  /** Callbacks may go to http on this machine, as they do in development; default false. */
  allowLoopback?: boolean
}

const isContent = TypeCompiler.Compile(Content)

/**
 * Lists what is wrong with content: errors, which ManyChat refuses, and warnings, which the channel cuts or may not show.
 * Never throws, whatever it is given.
 */
export function inspectContent(content: unknown, options: InspectOptions = {}): Problem[] {
  try {
    return inspect(content, options)
  } catch {
    // A getter or a Proxy threw; so would writing the answer.
    return [createProblem('', 'value', 'plain JSON data', 'what throws when it is read')]
  }
}

function inspect(content: unknown, options: InspectOptions): Problem[] {
  const isSound = isContent.Check(content)
  const problems = isSound ? [] : explainShape(Content, content)
  const parts = (typeof content === 'object' && content !== null ? content : {}) as Content
  const channel = options.channel ?? knownChannel(parts.type) ?? 'messenger'
  const can = capabilities[channel]
  inspectParts()
  return problems

  function report(path: string, rule: Rule, expected: string, got: string): void {
    if (problems.length < maxProblems) problems.push(createProblem(path, rule, expected, got))
  }

  /** The parts of content whose shape is wrong elsewhere are inspected too, so that one run shows all there is. */
  function sound<S extends TSchema>(schema: S, part: unknown): part is Static<S> {
    return part !== undefined && (isSound || Value.Check(schema, part))
  }

  function inspectParts(): void {
    const { type, messages, actions, quick_replies, external_message_callback } = parts
    if (knownChannel(type) && type !== can.type) report('/type', 'content-type', can.type ?? 'no type', `${type}`)
    if (Array.isArray(messages)) inspectMessages(messages)
    if (sound(Actions, actions)) inspectActions(actions, '')
    if (sound(QuickReplies, quick_replies)) inspectQuickReplies(quick_replies)
    if (sound(ExternalMessageCallback, external_message_callback)) {
      inspectCallback(external_message_callback, '/external_message_callback')
      if (can.externalMessageCallback === 'undocumented') {
        report('/external_message_callback', 'undocumented-callback', `what is documented for ${channel}`, 'a listener')
      }
    }
  }

  function inspectMessages(messages: Message[]): void {
    for (let i = 0; i < Math.min(messages.length, maxMessages); i++) {
      const message = messages[i]
      if (sound(Message, message)) inspectMessage(message, `/messages/${i}`)
    }
    if (messages.length > can.messagesShown) {
      report(`/messages/${can.messagesShown}`, 'first-message-only', `one message on ${channel}`, `${messages.length}`)
    }
  }

  function inspectMessage(message: Message, path: string): void {
    if (!can.messages.includes(message.type)) {
      report(`${path}/type`, 'channel-message', `what ${channel} has: ${can.messages.join(', ')}`, message.type)
    }
    if (message.type === 'text') inspectText(message.text, message.buttons?.length ?? 0, `${path}/text`)
    else if (message.type === 'cards') {
      for (let i = 0; i < message.elements.length; i++)
        inspectCard(message.elements[i] as Card, `${path}/elements/${i}`)
    } else inspectMedia(message, `${path}/url`)
    if ('buttons' in message && message.buttons) inspectButtons(message.buttons, path)
  }

  function inspectText(text: string, buttons: number, path: string): void {
    const limit = buttons > 0 ? can.text.withButtons : can.text.alone
    const length = measure(text, limit, can.text.unit)
    if (length > limit) {
      report(path, 'text-length', `at most ${limit} ${can.text.unit}${buttons > 0 ? ' with buttons' : ''}`, `${length}`)
    }
  }

  function inspectMedia({ type, url }: Message & { url: string }, path: string): void {
    inspectUrl(url, path)
    const format = type === 'image' && /^[^?#]*\.(webp|svg|bmp|tiff?|heic|avif)(?:[?#]|$)/i.exec(url)?.[1]
    if (format) report(path, 'image-format', 'a JPG, PNG or GIF', format.toLowerCase())
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
      report(`${parent}/buttons`, 'max-buttons', `at most ${can.buttonsPerMessage} buttons`, `${buttons.length}`)
    }
    for (let i = 0; i < buttons.length; i++) inspectButton(buttons[i] as Button, `${parent}/buttons/${i}`)
  }

  function inspectButton(button: Button, path: string): void {
    const support = can.buttons[button.type]
    if (support === 'no') {
      const has = Object.keys(can.buttons).filter(type => can.buttons[type] !== 'no')
      report(`${path}/type`, 'channel-button', `what ${channel} has: ${has.join(', ')}`, button.type)
    } else if (support === 'undocumented') {
      report(`${path}/type`, 'undocumented-button', `a button that is documented for ${channel}`, button.type)
    }
    inspectLength(button.caption, can.caption, `${path}/caption`, 'caption-length')
    if (button.type === 'url') {
      inspectUrl(button.url, `${path}/url`)
      if (button.webview_size && !can.webviewSize) {
        report(`${path}/webview_size`, 'channel-webview-size', `no webview_size on ${channel}`, button.webview_size)
      }
    } else if (button.type === 'dynamic_block_callback') inspectCallback(button, path)
    else if (button.type === 'node') inspectNode(path)
    if ('actions' in button && button.actions) inspectActions(button.actions, path)
  }

  function inspectQuickReplies(replies: QuickReply[]): void {
    const supported = Object.keys(can.quickReplies)
    if (replies.length > 0 && supported.length === 0) {
      report('/quick_replies', 'channel-quick-replies', `no quick replies on ${channel}`, `${replies.length}`)
    }
    for (let i = 0; i < replies.length; i++) {
      const reply = replies[i] as QuickReply
      const path = `/quick_replies/${i}`
      inspectLength(reply.caption, can.caption, `${path}/caption`, 'caption-length')
      if (reply.type === 'dynamic_block_callback') inspectCallback(reply, path)
      else if (reply.type === 'node') inspectNode(path)
      if (can.quickReplies[reply.type] === 'undocumented') {
        report(
          `${path}/type`,
          'undocumented-quick-reply',
          `a quick reply that is documented for ${channel}`,
          reply.type,
        )
      }
    }
  }

  function inspectActions(actions: Action[], parent: string): void {
    for (let i = 0; i < actions.length; i++) {
      const action = actions[i]
      if (action?.action !== 'set_field_value' || !Number.isInteger(action.value)) continue
      if (!Number.isSafeInteger(action.value)) {
        report(`${parent}/actions/${i}/value`, 'exact-number', 'a number below 2^53 or a bigint', 'a larger number')
      }
    }
  }

  function inspectNode(path: string): void {
    if (options.outsideFlow) report(`${path}/type`, 'node-outside-flow', 'no node outside a flow', 'one')
  }

  function inspectCallback({ url, payload }: Callback, path: string): void {
    if (!url.startsWith('https://') && !options.allowLoopback) {
      report(`${path}/url`, 'https-callback', 'an https:// address', describeAddress(url))
    }
    if (payload && !isWritable(payload)) report(`${path}/payload`, 'value', 'plain JSON data', 'what JSON cannot hold')
  }

  function inspectUrl(url: string, path: string): void {
    if (!url.startsWith('https://')) report(path, 'https-url', 'an https:// address', describeAddress(url))
  }

  function inspectLength(text: string, limit: number, path: string, rule: Rule): void {
    const length = measure(text, limit, 'characters')
    if (length > limit) report(path, rule, `at most ${limit} characters`, `${length}`)
  }
}

function knownChannel(type: unknown): Channel | undefined {
  return channels.find(channel => capabilities[channel].type === type)
}

/** The length in the unit of the channel; exact only where it could be over the limit, as counting is slow. */
function measure(text: string, limit: number, unit: Capabilities['text']['unit']): number {
  if (unit === 'bytes') return text.length * 3 <= limit ? text.length : Buffer.byteLength(text)
  return text.length <= limit ? text.length : [...text].length
}
