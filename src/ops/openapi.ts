/** The HTTP surface as OpenAPI 3.1, of the schemas that the server itself checks by. */
import { contentSchema, publish } from '../content/json-schema.ts'
import { SendBody } from '../sends/check-send.ts'
import { sendOperations } from '../sends/operations.ts'
import { paths } from './openapi-paths.ts'

type Json = Record<string, unknown>

export interface OpenApiOptions {
  /** Where the server is reached, without a slash at its end. */
  publicUrl: string
  version: string
}

export function openApi({ publicUrl, version }: OpenApiOptions) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'dynablock',
      version,
      description: 'The server for ManyChat Dynamic Blocks. Ids have up to 19 digits: read them with all of them.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl }],
    tags: [
      { name: 'blocks', description: 'What ManyChat calls.' },
      { name: 'sends', description: 'Durable outbound calls of your own systems.' },
      { name: 'content', description: 'Checking v2 content before ManyChat does.' },
      { name: 'operation', description: 'For whoever runs the server.' },
    ],
    paths,
    components: {
      securitySchemes: {
        webhook: { type: 'http', scheme: 'bearer', description: 'One of WEBHOOK_SECRETS.' },
        api: { type: 'http', scheme: 'bearer', description: 'One of API_TOKENS.' },
      },
      schemas: { ...contentSchemas(), ...schemas },
    },
  }
}

const id = { description: 'Up to 19 digits, bare or as text.', type: ['integer', 'string'] }
const time = { type: 'string', format: 'date-time' }
const text = { type: ['string', 'null'] }
const sendState = { enum: ['waiting', 'running', 'done', 'dead', 'cancelled'] }

const schemas: Json = {
  Answer: {
    type: 'object',
    description: 'A v2 answer, as ManyChat shows it to the contact.',
    properties: { version: { const: 'v2' }, content: ref('Content') },
    required: ['version', 'content'],
    additionalProperties: false,
  },
  Contact: {
    type: 'object',
    description: 'Full Contact Data; every other field is kept.',
    properties: { id, page_id: id, first_name: text, language: text, last_input_text: text },
    required: ['id'],
  },
  Callback: {
    type: 'object',
    description: 'The payload of a button, quick reply or listener of a block, as ManyChat posts it.',
    properties: { state: { type: 'string', description: 'Sealed by this server.' }, user_id: id, input: text },
    required: ['state'],
  },
  Problem: {
    type: 'object',
    description: 'RFC 9457; `code` is one of docs/errors.md.',
    properties: {
      code: { type: 'string', pattern: '^DYN_[A-Z_]+$' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'What was expected, what came, and what to do.' },
    },
    required: ['code', 'title', 'status', 'detail'],
  },
  NewSend: newSend(),
  Send: {
    type: 'object',
    properties: {
      id: { type: 'string' },
      state: sendState,
      operation: { type: 'string' },
      page: { type: ['integer', 'string', 'null'] },
      addressee: { type: ['integer', 'string', 'null'] },
      late_reply: { type: 'boolean', description: 'Whether a block made it that was not ready in time.' },
      not_before: time,
      on_unknown: { enum: ['retry', 'hold'] },
      attempts: { type: 'integer' },
      last_error: {
        type: ['object', 'null'],
        properties: { code: { type: 'string' }, message: { type: 'string' } },
      },
      created_at: time,
      updated_at: time,
      params: { type: ['object', 'null'], description: 'Only where one send is asked for.' },
    },
    required: ['id', 'state', 'operation', 'page', 'addressee', 'attempts', 'last_error', 'created_at', 'updated_at'],
  },
  Sends: {
    type: 'object',
    properties: { sends: { type: 'array', items: ref('Send') }, next: { type: ['string', 'null'] } },
    required: ['sends', 'next'],
  },
  CheckResult: {
    type: 'object',
    properties: {
      ok: { type: 'boolean', description: 'Whether ManyChat takes it: warnings are no error.' },
      problems: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            path: { type: 'string', description: 'A JSON pointer.' },
            rule: { type: 'string' },
            severity: { enum: ['error', 'warning'] },
            message: { type: 'string' },
          },
          required: ['path', 'rule', 'severity', 'message'],
        },
      },
    },
    required: ['ok', 'problems'],
  },
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` }
}

function newSend(): Json {
  const { properties, ...schema } = publish(SendBody)
  const operation = { enum: [...sendOperations.keys()], description: "A client's name." }
  return { ...schema, properties: { ...(properties as Json), operation } }
}

/** The parts of v2 content, where OpenAPI looks for them. */
function contentSchemas(): Json {
  const { $defs } = contentSchema('')
  return JSON.parse(JSON.stringify($defs).replaceAll('"#/$defs/', '"#/components/schemas/'))
}
