import { type Static, Type } from '@sinclair/typebox'
import { Flag, Id, params, Text } from '../manychat/params.ts'

const AttributeValue = Type.Union([Type.String(), Type.Number(), Flag, Type.BigInt()], {
  description: 'text, a number, true or false',
})

/** The parameters of `sendBlock`. */
export const BlockParams = params({
  user_id: Type.Union([Text, Id], { description: 'the messenger user id' }),
  block_name: Type.Optional(Text),
  block_id: Type.Optional(Text),
  flow_name: Type.Optional(Text),
  messaging_tag: Type.Optional(Text),
  attributes: Type.Optional(
    Type.Record(Type.String(), AttributeValue, { description: 'an object of names and values' }),
  ),
})
export type BlockParams = Static<typeof BlockParams>

const Customer = Type.Optional(Type.Union([Text, Id], { description: 'text or an id' }))

/** The parameters of `send` in version 2. */
export const SendParams = params({
  customer_id: Customer,
  customer_email: Type.Optional(Text),
  customer_phone: Type.Optional(Text),
  customer_fbid: Customer,
  block_id: Type.Optional(Text),
  messages: Type.Optional(
    Type.Array(params({ text: Text }), { minItems: 1, description: 'a list of at least one { text }' }),
  ),
  notification_messages_token: Type.Optional(Text),
  one_time_notif_token: Type.Optional(Text),
  /** The order in which ways to reach the customer are tried. */
  priority: Type.Optional(
    Type.Array(Type.Union([Type.Literal('fbid'), Type.Literal('phone'), Type.Literal('email')]), {
      minItems: 1,
      uniqueItems: true,
      description: 'a list of fbid, phone and email, each once',
    }),
  ),
})
export type SendParams = Static<typeof SendParams>
