/** What a good engineer would write by hand for one block: Fastify, a TypeBox schema checked by ajv, and fast-jwt. */
import { type Static, Type } from '@sinclair/typebox'
import { createSigner } from 'fast-jwt'
import { fastify } from 'fastify'
import { adviceFlow, greet, shopUrl, sizes } from '../wording.ts'
import { isAuthorized, readSecret } from './bearer.ts'

const Id = Type.Union([Type.Integer(), Type.String()])
const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]))
const Contact = Type.Object({
  id: Id,
  page_id: Id,
  first_name: Text,
  last_name: Text,
  language: Text,
  timezone: Text,
  last_input_text: Text,
  custom_fields: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
  ),
})
type Contact = Static<typeof Contact>

const publicUrl = 'https://bench.example'
const daySeconds = 86_400
const sign = createSigner({ key: readSecret(), algorithm: 'HS256', noTimestamp: true })
const server = fastify({
  logger: { level: 'warn' },
  bodyLimit: 262_144,
  ajv: { customOptions: { coerceTypes: false } },
})

server.addHook('onRequest', async (request, reply) => {
  if (!isAuthorized(request.headers.authorization)) return reply.code(401).send({ status: 401 })
})

server.post<{ Body: Contact }>('/blocks/size', { schema: { body: Contact } }, async ({ body: contact }) => ({
  version: 'v2',
  content: {
    messages: [
      {
        type: 'text',
        text: greet(contact.first_name),
        buttons: [
          { type: 'url', caption: 'Size chart', url: shopUrl },
          { type: 'flow', caption: 'Help me choose', target: adviceFlow },
        ],
      },
    ],
  },
}))

server.post<{ Body: Contact }>('/blocks/sealed', { schema: { body: Contact } }, async ({ body: contact }) => ({
  version: 'v2',
  content: {
    messages: [
      {
        type: 'text',
        text: greet(contact.first_name),
        buttons: sizes.map(size => ({
          type: 'dynamic_block_callback',
          caption: size,
          url: `${publicUrl}/blocks/sealed/chosen`,
          method: 'post',
          payload: {
            state: seal(contact, 'chosen', { size }),
            user_id: '{{user_id}}',
            input: '{{last_input_text}}',
          },
        })),
      },
    ],
  },
}))

await server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })

function seal(contact: Contact, step: string, state: object): string {
  return sign({
    block: 'sealed',
    step,
    contact: String(contact.id),
    page: String(contact.page_id),
    channel: 'messenger',
    first_name: contact.first_name,
    language: contact.language,
    state,
    exp: Math.floor(Date.now() / 1000) + 30 * daySeconds,
  })
}
