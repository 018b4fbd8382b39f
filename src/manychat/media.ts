import type { Answer } from '../content/content.ts'
import type { Card, Message } from '../content/message.ts'

/**
 * How long ManyChat may take to answer content with media. It fetches them first, and content that was answered after more
 * than 20 s has arrived.
 */
export const mediaTimeoutMs = 60_000

/** Whether the parameters of an operation hold content with a picture, video, sound or file. */
export function carriesMedia({ data }: { data?: unknown }): boolean {
  const { messages = [] } = (data as Answer | undefined)?.content ?? {}
  return messages.some(isMedium)
}

function isMedium(message: Message): boolean {
  if (message.type === 'cards') return message.elements.some(({ image_url }: Card) => image_url !== undefined)
  return message.type !== 'text'
}
