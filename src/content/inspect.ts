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
import { describeAddress, explainShape, httpsAddress } from './shape.ts'

export interface InspectOptions {
  /** The channel whose limits apply; default: the one that `content.type` names, else `messenger`. */
  channel?: Channel
  /** The content is sent by sendContent: no flow is running then, and `node` targets lead nowhere. Default false. */
  outsideFlow?: boolean
  /** Callbacks may use http to this machine, as in development; default false. */
  allowLoopback?: boolean
}

const isContent = TypeCompiler.Compile(Content)

/**
 * Lists what is wrong with content: errors, which ManyChat refuses, and warnings, which the channel cuts or may not show.
 * Never throws, whatever the value.
 */
export function inspectContent(content: unknown, options: InspectOptions = {}): Problem[] {
  try {
    return inspect(content, options)
  } catch {
    // A getter or a Proxy threw, and would throw again when the answer is written.
    return [createProblem('', 'value', { expected: 'plain JSON data', got: 'something that throws when it is read' })]
  }
}

function inspect(content: unknown, options: InspectOptions): Problem[] {
  const isValid = isContent.Check(content)
  const problems = isValid ? [] : explainShape(Content, content)
  const parts = (typeof content === 'object' && content !== null ? content : {}) as Content
  const can = capabilities[options.channel ?? knownChannel(parts.type) ?? 'messenger']
  inspectParts()
  return problems

  function report(
    path: string,
    rule: Rule,
    values: { expected?: string; names?: readonly string[]; got?: string } = {},
  ): void {
    if (problems.length < maxProblems) problems.push(createProblem(path, rule, { channel: can.name, ...values }))
  }

  /** If the content has a wrong shape in one place, its other parts are still inspected: one run shows every problem. */
  function matches<S extends TSchema>(schema: S, part: unknown): part is Static<S> {
    return part !== undefined && (isValid || Value.Check(schema, part))
  }

  function inspectParts(): void {
    const { type, messages, actions, quick_replies, external_message_callback } = parts
    if (knownChannel(type) && type !== can.type) {
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
    for (let i = 0; i < Math.min(messages.length, maxMessages); i++) {
      const message = messages[i]
      if (matches(Message, message)) inspectMessage(message, `/messages/${i}`)
    }
    if (messages.length > can.messagesShown) {
      report(`/messages/${can.messagesShown}`, 'first-message-only', {
        expected: 'one message',
        got: `${messages.length}`,
      })
    }
  }

  function inspectMessage(message: Message, path: string): void {
    if (!can.messages.includes(message.type)) {
      report(`${path}/type`, 'channel-message', { names: can.messages, got: message.type })
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
      const expected = `at most ${limit} ${can.text.unit}${buttons > 0 ? ' with buttons' : ''}`
      report(path, 'text-length', { expected, got: `${length}` })
    }
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
      const names = Object.keys(can.buttons).filter(type => can.buttons[type] !== 'no')
      report(`${path}/type`, 'channel-button', { names, got: button.type })
    } else if (support === 'undocumented') {
      report(`${path}/type`, 'undocumented-button', { got: button.type })
    }
    inspectLength(button.caption, can.caption, `${path}/caption`, 'caption-length')
    if (button.type === 'url') {
      inspectUrl(button.url, `${path}/url`)
      if (button.webview_size && !can.webviewSize) {
        report(`${path}/webview_size`, 'channel-webview-size')
      }
    } else if (button.type === 'dynamic_block_callback') inspectCallback(button, path)
    else if (button.type === 'node') inspectNode(path)
    if ('actions' in button && button.actions) inspectActions(button.actions, path)
  }

  function inspectQuickReplies(replies: QuickReply[]): void {
    const supported = Object.keys(can.quickReplies)
    if (replies.length > 0 && supported.length === 0) {
      report('/quick_replies', 'channel-quick-replies')
    }
    for (let i = 0; i < replies.length; i++) {
      const reply = replies[i] as QuickReply
      const path = `/quick_replies/${i}`
      inspectLength(reply.caption, can.caption, `${path}/caption`, 'caption-length')
      if (reply.type === 'dynamic_block_callback') inspectCallback(reply, path)
      else if (reply.type === 'node') inspectNode(path)
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

  function inspectNode(path: string): void {
    if (options.outsideFlow) report(`${path}/type`, 'node-outside-flow')
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
    const length = measure(text, limit, 'characters')
    if (length > limit) report(path, rule, { expected: `at most ${limit} characters`, got: `${length}` })
  }
}

function knownChannel(type: unknown): Channel | undefined {
  return channels.find(channel => capabilities[channel].type === type)
}

/** The length in the channel's unit; exact only when it could exceed the limit, as counting is slow. */
function measure(text: string, limit: number, unit: Capabilities['text']['unit']): number {
  if (unit === 'bytes') return text.length * 3 <= limit ? text.length : Buffer.byteLength(text)
  return text.length <= limit ? text.length : [...text].length
}
