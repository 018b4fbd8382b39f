import { type TSchema, Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { createError } from '../errors/errors.ts'
import { problems } from '../errors/problem-details.ts'
import { contract } from '../json/contract.ts'
import { ContactView } from './contact-view.ts'
import type { Contacts } from './contacts.ts'

export interface ContactRoutesOptions {
  contacts: Contacts
  /** Requires one of API_TOKENS with the scope `contacts`. */
  authorize(app: FastifyInstance): Promise<void>
}

const OneContact = Type.Object({
  contact: Type.String({
    pattern: '^\\d{1,20}$',
    description: 'the id of a contact',
    examples: ['9007199254740993123'],
  }),
})
const OfPage = Type.Object(
  {
    page: Type.Optional(
      Type.String({
        pattern: '^\\d{0,20}$',
        description:
          'the id of a page; empty for what is kept without a page. Default: the page of calls that name none',
      }),
    ),
  },
  { additionalProperties: false, description: 'page' },
)
const Forgotten = Type.Object({ contact: Type.String(), page: Type.Union([Type.String(), Type.Null()]) })
const tags = ['contacts']
const security = [{ api: [] }]

/** Shows and erases what is held about a contact. */
export async function contactRoutes(scope: FastifyInstance, { contacts, authorize }: ContactRoutesOptions) {
  await authorize(scope)
  const app = contract(scope, mismatch => createError('DYN_CONTACT_UNKNOWN', { ...mismatch }))

  const show = one('showContact', 'Shows everything that is held about a contact', ContactView, 'All of it.')
  app.get('/contacts/:contact', { schema: show }, async ({ params, query }) => {
    return contacts.show(contacts.find(params.contact, query.page ?? null))
  })

  const forget = one('forgetContact', 'Erases a contact, and cancels what waits', Forgotten, 'It is erased.')
  app.delete('/contacts/:contact', { schema: forget }, async request => {
    const room = contacts.find(request.params.contact, request.query.page ?? null)
    await contacts.forget(room)
    request.audit({ ...room })
    return { contact: room.contact, page: room.page || null }
  })
}

/** What is common to both. */
function one<View extends TSchema>(operationId: string, summary: string, schema: View, description: string) {
  const response = {
    200: { description, content: { 'application/json': { schema } } },
    ...problems(400, 401, 403, 429, 503),
  }
  return { tags, operationId, summary, security, params: OneContact, querystring: OfPage, response }
}
