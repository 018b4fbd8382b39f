import { type Static, Type } from '@sinclair/typebox'
import { Actions } from './action.ts'
import { ExternalMessageCallback } from './callback.ts'
import { Message } from './message.ts'
import { QuickReply } from './quick-reply.ts'

/** The documented limits of one answer. */
export const maxMessages = 10
export const maxQuickReplies = 11

export const QuickReplies = Type.Array(QuickReply, { maxItems: maxQuickReplies })

/**
 * The `content` object of a v2 answer, as it is on the wire. `type` is the channel, absent for Messenger; the server sets
 * it, so a block leaves it out.
 */
export const Content = Type.Object(
  {
    type: Type.Optional(Type.Union([Type.Literal('instagram'), Type.Literal('whatsapp'), Type.Literal('telegram')])),
    messages: Type.Array(Message, { maxItems: maxMessages }),
    actions: Type.Optional(Actions),
    quick_replies: Type.Optional(QuickReplies),
    external_message_callback: Type.Optional(ExternalMessageCallback),
  },
  { additionalProperties: false, $id: 'content' },
)
export type Content = Static<typeof Content>

/** A whole answer to ManyChat. */
export interface Answer {
  version: 'v2'
  content: Content
}
