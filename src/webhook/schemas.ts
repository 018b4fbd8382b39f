/** Describes ManyChat's calls for `/openapi.json`. Their bodies are read leniently, and not validated by these schemas. */
import { type Static, Type } from '@sinclair/typebox'
import { sampleContact } from '../blocks/sample.ts'
import { Content } from '../content/content.ts'
import { problems } from '../errors/problem-details.ts'

const Id = Type.Union([Type.Integer(), Type.String()], { description: 'Up to 19 digits, bare or as text.' })
const NullableText = Type.Union([Type.String(), Type.Null()])
const { id, page_id, first_name } = sampleContact
const contact = { id, page_id, first_name, last_input_text: '{{last_input_text}}' }
const ContactBody = Type.Object(
  {
    id: Id,
    page_id: Type.Optional(Id),
    first_name: Type.Optional(NullableText),
    language: Type.Optional(NullableText),
    last_input_text: Type.Optional(NullableText),
  },
  { title: 'Contact', description: 'Full Contact Data; every other field is kept.', examples: [contact] },
)
const CallbackBody = Type.Object(
  {
    state: Type.String({ description: 'Sealed by this server.' }),
    user_id: Type.Optional(Id),
    input: Type.Optional(NullableText),
  },
  {
    title: 'Callback',
    description: 'The payload of a button, quick reply or listener of a block, as ManyChat posts it.',
    examples: [{ state: '<as it stands in the button>', user_id: id, input: 'Small' }],
  },
)
const Answer = Type.Object(
  { version: Type.Literal('v2'), content: Content },
  { title: 'Answer', description: 'A v2 answer, as ManyChat shows it to the contact.', additionalProperties: false },
)
const AppInstallation = Type.Object(
  {
    app_token: Type.Optional(Type.Unknown({ description: 'The App Key, unless a header has it.' })),
    app_id: Type.Optional(Type.Unknown()),
    app_version: Type.Optional(Type.Unknown()),
    page_id: Type.Optional(Type.Unknown({ description: 'The page of the key; another one is refused.' })),
  },
  {
    title: 'AppInstallation',
    description: 'The payload of the app; every other member is kept beside the key.',
    // A header alone may have the key.
    default: {},
    examples: [{ app_token: 'the-app-key-of-that-page', page_id }],
  },
)
const block = Type.String({ description: 'The name of its file.', examples: ['size'] })
const step = Type.String({ description: 'A step of the block.', examples: ['chosen'] })

/** Not typed by the schema, because the routes send JSON text that is already written. */
function answers(description: string): Record<number, unknown> {
  const content = { 'application/json': { schema: Answer } }
  return { 200: { description, content }, ...problems(400, 401, 403, 404, 413, 415, 429, 503) }
}
export type AppInstallation = Static<typeof AppInstallation>

export const openBlock = {
  tags: ['blocks'],
  operationId: 'openBlock',
  summary: 'A Dynamic Block opens a block',
  description:
    'The body is Full Contact Data, or holds it under any key; `channel` and `input` beside it are understood.',
  security: [{ webhook: [] }],
  params: Type.Object({ block }),
  documentedBody: ContactBody,
  response: answers('What the contact is shown, whatever happens in the block.'),
}

export const enterStep = {
  tags: ['blocks'],
  operationId: 'enterStep',
  summary: 'A tap or a message enters a step',
  description: 'The sealed `state` in the body is what lets it in.',
  security: [],
  params: Type.Object({ block, step }),
  documentedBody: CallbackBody,
  response: answers('What the contact is shown.'),
}

export const appInstalled = {
  tags: ['blocks'],
  operationId: 'appInstalled',
  summary: 'ManyChat reports that an app was installed',
  description: 'With one of WEBHOOK_SECRETS that is not limited to blocks, unless APP_INSTALL_SECRETS is set.',
  security: [{ webhook: [] }],
  body: AppInstallation,
  response: {
    200: {
      description: 'The App Key is kept.',
      content: {
        'application/json': { schema: Type.Object({ status: Type.Literal('installed'), page_id: Type.String() }) },
      },
    },
    ...problems(400, 401, 403, 413, 415, 429, 502, 503),
  },
}

export const appInstalledAt = {
  ...appInstalled,
  operationId: 'appInstalledAt',
  summary: 'The same, at an address that only ManyChat knows',
  description: 'The end of the address is one of APP_INSTALL_SECRETS.',
  security: [],
  params: Type.Object({ secret: Type.String({ description: 'One of APP_INSTALL_SECRETS.' }) }),
}
