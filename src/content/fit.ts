import type { Button } from './button.ts'
import { type Channel, capabilities, mayHaveQuickReplies } from './channels.ts'
import type { Content } from './content.ts'
import { type Message, text } from './message.ts'

/** What the channel requires to be done to sound content. */
export interface Fitting {
  /** The parts of the texts that are split, by the index of their message. */
  splits: ReadonlyMap<number, string[]>
  /** Whether a button has a `webview_size` that the channel lacks. */
  hasStrangeSize: boolean
}

/** The content in the form that the channel takes. Most content has it already, and is returned without a copy. */
export function fit(content: Content, channel: Channel, { splits, hasStrangeSize }: Fitting): Content {
  const type = capabilities[channel].type ?? undefined
  const drops = content.quick_replies !== undefined && !mayHaveQuickReplies(channel)
  const isFitting = splits.size === 0 && !hasStrangeSize
  if (content.type === type && !drops && isFitting) return content
  const { type: _type, messages, quick_replies, ...rest } = content
  const sized = hasStrangeSize ? messages.map(withoutSizes) : messages
  return {
    ...(type && { type }),
    messages: splits.size > 0 ? sized.flatMap((message, i) => toMessages(message, splits.get(i))) : sized,
    ...rest,
    ...(quick_replies && !drops && { quick_replies }),
  }
}

/** The last part has the buttons. */
function toMessages(message: Message, parts: string[] | undefined): Message[] {
  if (!parts) return [message]
  return parts.map((part, i) => (i < parts.length - 1 ? text(part) : ({ ...message, text: part } as Message)))
}

function withoutSizes(message: Message): Message {
  if (message.type === 'cards') return { ...message, elements: message.elements.map(withUnsizedButtons) }
  return withUnsizedButtons(message as Message & { buttons?: Button[] })
}

function withUnsizedButtons<Part extends { buttons?: Button[] }>(part: Part): Part {
  return part.buttons ? { ...part, buttons: part.buttons.map(withoutSize) } : part
}

function withoutSize(button: Button): Button {
  if (button.type !== 'url') return button
  const { webview_size: _, ...others } = button
  return others
}
