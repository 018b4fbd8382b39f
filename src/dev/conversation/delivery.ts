/** Accepts or refuses content from the Public API as ManyChat does. */
import { type Channel, capabilities } from '../../content/channels.ts'
import type { Content } from '../../content/content.ts'
import { isRefused, readOnWire } from './answer.ts'
import type { ChatProblem } from './event.ts'

export type Via = 'sendContent' | 'sendContentByUserRef'

export type Delivery =
  | { accepted: true; content: Content; problems: ChatProblem[] }
  /** `code` is the Public API's; null where it gives none, as for invalid content. */
  | { accepted: false; code: number | null; message: string; problems: ChatProblem[] }

export interface DeliveryOptions {
  channel: Channel
  allowLoopback: boolean
  /** Whether the contact wrote within 24 hours. */
  isOpen: boolean
}

export const tooOld = 'This message is sent outside of allowed window: the contact has not written within 24 hours.'

export function judgeDelivery(given: unknown, { isOpen, ...options }: DeliveryOptions): Delivery {
  const { content, problems } = readOnWire(given ?? {}, { ...options, outsideFlow: true })
  if (problems.some(isRefused)) return { accepted: false, code: null, message: 'Validation error', problems }
  // Seen in the field: ManyChat treats content without a type as Messenger content, and there this contact never wrote.
  const { type } = capabilities[options.channel]
  const isMistaken = ['instagram', 'whatsapp'].includes(options.channel) && content.type !== type
  if (!isOpen || isMistaken) return { accepted: false, code: 3011, message: tooOld, problems }
  return { accepted: true, content, problems }
}
