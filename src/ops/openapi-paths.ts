/** What each path takes and answers. The examples are run by a test. */
import { channels } from '../content/channels.ts'

type Json = Record<string, unknown>

const contact = {
  id: '9007199254740993123',
  page_id: '1234567890123456789',
  first_name: 'Ana',
  last_input_text: '{{last_input_text}}',
}
const content = { messages: [{ type: 'text', text: 'Your parcel is on its way.' }] }
const newSend = {
  operation: 'sending.sendContent',
  page: '1234567890123456789',
  params: { subscriber_id: '9007199254740993123', data: { version: 'v2', content } },
  on_unknown: 'retry',
}

const meanings: Record<number, string> = {
  400: 'Not what is expected.',
  401: 'A secret or seal that does not hold.',
  404: 'There is no such thing.',
  409: 'It is in another state, or the key was used for something else.',
  413: 'More than MAX_BODY_BYTES.',
  415: 'Not JSON.',
  429: 'Too many calls without a right secret, or too many for ManyChat.',
  502: 'ManyChat refused the key.',
  503: 'Overloaded, or the store is away.',
}

const webhook = [{ webhook: [] }]
const api = [{ api: [] }]
const blockParameter = inPath('block', 'The name of its file.', 'size')
const idParameter = inPath('id', 'The id of a send.', '1')
const refusedSend = problems(400, 401, 413, 415, 429, 503)

export const paths: Record<string, Record<string, Json>> = {
  '/blocks/{block}': {
    post: {
      tags: ['blocks'],
      operationId: 'openBlock',
      summary: 'A Dynamic Block opens a block',
      description:
        'The body is Full Contact Data, or holds it under any key; `channel` and `input` beside it are understood.',
      security: webhook,
      parameters: [blockParameter],
      requestBody: body('Contact', contact),
      responses: { 200: answer('What the contact is shown, whatever happens in the block.', 'Answer'), ...called() },
    },
  },
  '/blocks/{block}/{step}': {
    post: {
      tags: ['blocks'],
      operationId: 'enterStep',
      summary: 'A tap or a message enters a step',
      description: 'The sealed `state` in the body is what lets it in.',
      security: [],
      parameters: [blockParameter, inPath('step', 'One of the block.', 'chosen')],
      requestBody: body('Callback', { state: '<as it stands in the button>', user_id: contact.id, input: 'Small' }),
      responses: { 200: answer('What the contact is shown.', 'Answer'), ...called() },
    },
  },
  '/apps/installed': {
    post: {
      tags: ['blocks'],
      operationId: 'appInstalled',
      summary: 'ManyChat tells that an app was installed',
      security: webhook,
      requestBody: body(null, { app_token: 'the-app-key-of-that-page', page_id: contact.page_id }),
      responses: {
        200: answer('The App Key is kept.', null),
        ...problems(400, 401, 413, 415, 429, 502, 503),
      },
    },
  },
  '/sends': {
    post: {
      tags: ['sends'],
      operationId: 'addSend',
      summary: 'Takes an outbound call that must not be lost',
      description: 'As application/x-ndjson a send a line, up to 10,000, with an answer for each line.',
      security: api,
      parameters: [
        {
          name: 'Idempotency-Key',
          in: 'header',
          description: 'The same key and body again is the same send.',
          schema: { type: 'string', maxLength: 200 },
        },
      ],
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: schema('NewSend'), example: newSend },
          'application/x-ndjson': { schema: { type: 'string' }, example: `${JSON.stringify(newSend)}\n` },
        },
      },
      responses: {
        200: {
          description: 'It was taken before; or, of lines, what became of each.',
          content: {
            'application/json': { schema: schema('Send') },
            'application/x-ndjson': { schema: { type: 'string' } },
          },
        },
        202: answer('It is taken, and delivered as soon as may be.', 'Send'),
        ...refusedSend,
        ...problems(409),
      },
    },
    get: {
      tags: ['sends'],
      operationId: 'listSends',
      summary: 'Lists sends, newest first',
      security: api,
      parameters: [
        inQuery('state', { enum: ['waiting', 'running', 'done', 'dead', 'cancelled'] }),
        inQuery('page', { type: 'string' }),
        inQuery('addressee', { type: 'string' }),
        inQuery('before', { type: 'string', description: '`next` of the page before.' }),
        inQuery('limit', { type: 'integer', minimum: 1, maximum: 500, default: 50 }),
      ],
      responses: { 200: answer('A page of them.', 'Sends'), ...problems(400, 401, 429, 503) },
    },
  },
  '/sends/{id}': {
    get: {
      tags: ['sends'],
      operationId: 'getSend',
      summary: 'Shows a send, whole',
      security: api,
      parameters: [idParameter],
      responses: { 200: answer('It.', 'Send'), ...problems(401, 404, 429, 503) },
    },
    delete: {
      tags: ['sends'],
      operationId: 'cancelSend',
      summary: 'Cancels a send that waits',
      security: api,
      parameters: [idParameter],
      responses: { 200: answer('It, cancelled.', 'Send'), ...problems(401, 404, 409, 429, 503) },
    },
  },
  '/sends/{id}/retry': {
    post: {
      tags: ['sends'],
      operationId: 'retrySend',
      summary: 'Has a dead send wait again',
      security: api,
      parameters: [idParameter],
      responses: { 200: answer('It, waiting.', 'Send'), ...problems(401, 404, 409, 429, 503) },
    },
  },
  '/check': {
    post: {
      tags: ['content'],
      operationId: 'checkContent',
      summary: 'Says what is wrong with v2 content',
      description: 'Takes a whole answer or the content alone. In development it is open.',
      security: api,
      parameters: [inQuery('channel', { enum: channels })],
      requestBody: body(null, { version: 'v2', content }),
      responses: { 200: answer('What was found.', 'CheckResult'), ...problems(400, 401, 413, 429, 503) },
    },
  },
  '/schema/content.json': {
    get: open('content', 'contentSchema', 'JSON Schema of v2 content, for editors', {
      'application/schema+json': { schema: { type: 'object' } },
    }),
  },
  '/healthz': { get: open('operation', 'alive', 'The process is alive', json()) },
  '/readyz': {
    get: {
      ...open('operation', 'ready', 'Whether ManyChat can be answered in full', json()),
      responses: {
        200: { description: 'It can.', content: json() },
        503: { description: 'Not yet, or no longer, and why.', content: json() },
      },
    },
  },
  '/metrics': {
    get: open('operation', 'metrics', 'Figures for Prometheus', { 'text/plain': { schema: { type: 'string' } } }),
  },
  '/openapi.json': { get: open('operation', 'openApi', 'This document', json()) },
}

function open(tag: string, operationId: string, summary: string, content: Json): Json {
  return { tags: [tag], operationId, summary, security: [], responses: { 200: { description: summary, content } } }
}

function json(): Json {
  return { 'application/json': { schema: { type: 'object' } } }
}

/** What a call of ManyChat is refused with. */
function called(): Json {
  return problems(400, 401, 404, 413, 415, 429, 503)
}

function problems(...statuses: number[]): Json {
  const content = { 'application/problem+json': { schema: schema('Problem') } }
  return Object.fromEntries(statuses.map(status => [status, { description: meanings[status], content }]))
}

function answer(description: string, name: string | null): Json {
  return { description, content: { 'application/json': { schema: name === null ? { type: 'object' } : schema(name) } } }
}

function body(name: string | null, example: Json): Json {
  const described = name === null ? { type: 'object' } : schema(name)
  return { required: true, content: { 'application/json': { schema: described, example } } }
}

function inPath(name: string, description: string, example: string): Json {
  return { name, in: 'path', required: true, description, schema: { type: 'string' }, example }
}

function inQuery(name: string, schema: Json): Json {
  return { name, in: 'query', schema }
}

function schema(name: string): Json {
  return { $ref: `#/components/schemas/${name}` }
}
