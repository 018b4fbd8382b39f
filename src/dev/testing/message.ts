import type { ShownCard } from '../conversation/screen.ts'
import type { Bubble } from '../conversation/state.ts'
import { buttonsOf } from '../conversation/tappable.ts'

/** A message as the contact sees it. */
export interface ChatMessage {
  type: 'text' | 'image' | 'video' | 'audio' | 'file' | 'cards'
  /** The text, cut to the channel's limit; '' for other types. */
  text: string
  /** For an image, video, audio or file. */
  url?: string
  /** For a gallery. */
  cards?: (Omit<ShownCard, 'buttons'> & { buttons: string[] })[]
  /** The captions of its buttons; in a gallery, of all cards. */
  buttons: string[]
  /** Whether it came through the Public API: a late reply, or another send. */
  late: boolean
}

export function toChatMessage({ message, late }: Bubble): ChatMessage {
  const captions = buttonsOf(message).map(({ caption }) => caption)
  const common = { text: '', buttons: captions, late: late === true }
  if (message.type === 'text') return { ...common, type: 'text', text: message.text }
  if (message.type !== 'cards') return { ...common, type: message.type, url: message.url }
  const cards = message.elements.map(card => ({ ...card, buttons: card.buttons.map(({ caption }) => caption) }))
  return { ...common, type: 'cards', cards }
}
