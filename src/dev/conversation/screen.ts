/** What the phone shows of content: the parts that the channel supports. */
import type { Button } from '../../content/button.ts'
import { type Channel, capabilities, mayHaveQuickReplies } from '../../content/channels.ts'
import type { Content } from '../../content/content.ts'
import type { Card, Message } from '../../content/message.ts'
import type { QuickReply } from '../../content/quick-reply.ts'

/** A button or quick reply. */
export interface Tappable {
  id: number
  /** As shown, cut to the channel's limit. */
  caption: string
  type: Button['type']
  /** As received. */
  wire: Button | QuickReply
}

/** A message as shown; `cut` when the channel truncated its text. */
export type Shown = { cut?: true } & (
  | { type: 'text'; text: string; buttons: Tappable[] }
  | { type: 'image' | 'video' | 'audio' | 'file'; url: string; buttons: Tappable[] }
  | { type: 'cards'; elements: ShownCard[]; image_aspect_ratio: 'horizontal' | 'square' }
)

export interface ShownCard {
  title: string
  subtitle?: string
  image_url?: string
  action_url?: string
  buttons: Tappable[]
}

export interface Screenful {
  messages: Shown[]
  quickReplies: Tappable[]
}

/**
 * Fits content to the channel: omits what the channel doesn't show, and cuts texts that are too long.
 *
 * @param nextId returns a new id for each button, unique within the conversation
 */
export function fitToChannel(content: Content, channel: Channel, nextId: () => number): Screenful {
  const can = capabilities[channel]
  // Seen in the field: ManyChat treats content without a type as Messenger content, and then Instagram shows no images.
  const hidesImages = channel === 'instagram' && content.type !== 'instagram'
  const taken = content.messages.filter(({ type }) => can.messages[type] !== 'no' && !(hidesImages && type === 'image'))
  const replies = mayHaveQuickReplies(channel) ? (content.quick_replies ?? []) : []
  return { messages: taken.map(show), quickReplies: replies.map(reply => toTappable(reply)) }

  function show(message: Message): Shown {
    if (message.type === 'cards') {
      const { elements, image_aspect_ratio = 'horizontal' } = message
      return { type: 'cards', elements: elements.map(showCard), image_aspect_ratio }
    }
    const buttons = showButtons('buttons' in message ? message.buttons : undefined)
    if (message.type !== 'text') return { type: message.type, url: message.url, buttons }
    const limit = message.buttons?.length ? can.text.withButtons : can.text.alone
    const text = cut(message.text, limit, can.text.unit)
    return { type: 'text', text, buttons, ...(text !== message.text && { cut: true }) }
  }

  function showCard({ title, subtitle, buttons, ...rest }: Card): ShownCard {
    return {
      title: cut(title, can.card),
      ...(subtitle && { subtitle: cut(subtitle, can.card) }),
      ...rest,
      buttons: showButtons(buttons),
    }
  }

  function showButtons(buttons: Button[] = []): Tappable[] {
    const shown = buttons.filter(({ type }) => can.buttons[type] !== 'no')
    return shown.slice(0, can.buttonsPerMessage).map(button => toTappable(button))
  }

  function toTappable(wire: Button | QuickReply): Tappable {
    return { id: nextId(), caption: cut(wire.caption, can.caption), type: wire.type, wire }
  }
}

/** Cuts a text to a number of characters, or to whole characters within a number of UTF-8 bytes. */
function cut(text: string, limit: number, unit: 'characters' | 'bytes' = 'characters'): string {
  if (text.length * 3 <= limit) return text
  const characters = [...text]
  if (unit === 'characters') return characters.length <= limit ? text : characters.slice(0, limit).join('')
  let bytes = 0
  const kept = characters.findIndex(character => {
    bytes += new TextEncoder().encode(character).length
    return bytes > limit
  })
  return kept < 0 ? text : characters.slice(0, kept).join('')
}
