import { type Static, Type } from '@sinclair/typebox'
import { Actions } from './action.ts'
import { ExternalMessageCallback } from './callback.ts'
import { Message } from './message.ts'
import { QuickReply } from './quick-reply.ts'

/** The documented limits of one answer. */
export const maxMessages = 10
export const maxQuickReplies = 11

export const QuickReplies = Type.Array(QuickReply, {
  maxItems: maxQuickReplies,
  description: 'At most 11. Messenger and Instagram; elsewhere the key must be absent.',
})

/**
 * The `content` object of a v2 answer, as on the wire. `type` is the channel, absent for Messenger; the server sets it,
 * so blocks omit it.
 */
export const Content = Type.Object(
  {
    type: Type.Optional(
      Type.Union([Type.Literal('instagram'), Type.Literal('whatsapp'), Type.Literal('telegram')], {
        description: 'The channel; absent for Messenger. A block leaves it out: the server sets it.',
      }),
    ),
    messages: Type.Array(Message, { maxItems: maxMessages, description: 'What the contact sees; at most 10.' }),
    actions: Type.Optional(Actions),
    quick_replies: Type.Optional(QuickReplies),
    external_message_callback: Type.Optional(Type.Unsafe<ExternalMessageCallback>(ExternalMessageCallback)),
  },
  { additionalProperties: false, title: 'Content' },
)
export interface Content extends Static<typeof Content> {
  messages: Message[]
}

/** A whole answer to ManyChat. */
export interface Answer {
  version: 'v2'
  content: Content
}
