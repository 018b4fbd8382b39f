import type { ShownCard } from '../conversation/screen.ts'
import type { Bubble } from '../conversation/state.ts'
import { buttonsOf } from '../conversation/tappable.ts'

/** A message as the contact sees it. */
export interface ChatMessage {
  type: 'text' | 'image' | 'video' | 'audio' | 'file' | 'cards'
  /** Of a text, cut where the channel cuts it; '' for what is none. */
  text: string
  /** Of an image, video, audio or file. */
  url?: string
  /** Of a gallery. */
  cards?: (Omit<ShownCard, 'buttons'> & { buttons: string[] })[]
  /** The captions of its buttons, in a gallery those of all cards. */
  buttons: string[]
  /** Whether it came after the answer, as a late reply or by another call of the Public API. */
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
