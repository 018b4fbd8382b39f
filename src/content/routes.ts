import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { createError } from '../errors/errors.ts'
import { problems } from '../errors/problem-details.ts'
import { contract } from '../json/contract.ts'
import { parseBigints, readJson } from '../json/exact-json.ts'
import { channels } from './channels.ts'
import { inspectContent } from './check.ts'
import { ContentProblem } from './content-problem.ts'
import { contentSchema } from './json-schema.ts'
import { isError } from './problem.ts'

export interface CheckRouteOptions {
  /** Requires one of API_TOKENS with the scope `check`. */
  authorize: (app: FastifyInstance) => Promise<void>
  /** Callbacks may use http to this machine. */
  allowLoopback: boolean
}

const CheckQuery = Type.Object(
  { channel: Type.Optional(Type.Union(channels.map(channel => Type.Literal(channel)))) },
  { additionalProperties: false },
)
const CheckResult = Type.Object(
  {
    ok: Type.Boolean({ description: 'Whether ManyChat takes it, once repaired: only errors count.' }),
    problems: Type.Array(ContentProblem),
  },
  { title: 'CheckResult' },
)
const example = { version: 'v2', content: { messages: [{ type: 'text', text: 'Your parcel is on its way.' }] } }

/** `POST /check`: tells authors and their CI what is wrong with v2 content before ManyChat does. */
export async function check(scope: FastifyInstance, { authorize, allowLoopback }: CheckRouteOptions): Promise<void> {
  await authorize(scope)
  const app = contract(scope, ({ got }) => createError('DYN_CHANNEL_UNKNOWN', { channels: channels.join(', '), got }))
  // Any Content-Type is accepted: curl sends that of a form by default.
  scope.acceptText({ types: ['application/json', '*'], parse: readContent })

  const schema = {
    tags: ['content'],
    operationId: 'checkContent',
    summary: 'Says what is wrong with v2 content',
    description: 'Takes a whole answer or the content alone.',
    security: [{ api: [] }],
    querystring: CheckQuery,
    body: { content: { 'application/json': { schema: Type.Object({}, { examples: [example] }) } } },
    response: {
      200: { description: 'What was found.', content: { 'application/json': { schema: CheckResult } } },
      ...problems(400, 401, 403, 413, 429, 503),
    },
  }
  app.post('/check', { schema }, async ({ query: { channel }, body = readContent('') }) => {
    const found = inspectContent(body, { ...(channel && { channel }), allowLoopback })
    return { ok: !found.some(isError), problems: found }
  })
}

/** Unlike in a call from ManyChat, empty texts are kept and long numbers stay numbers. */
function readContent(text: string): unknown {
  return readJson(text, parseBigints)
}

/** `GET /schema/content.json`: lets editors complete and check v2 content. Open to all, including editors in a browser. */
export async function contentSchemaRoute(app: FastifyInstance, { publicUrl }: { publicUrl: string }): Promise<void> {
  const path = '/schema/content.json'
  const type = 'application/schema+json'
  const text = JSON.stringify(contentSchema(publicUrl + path), null, 2)
  const summary = 'JSON Schema of v2 content, for editors'
  const schema = {
    tags: ['content'],
    operationId: 'contentSchema',
    summary,
    security: [],
    response: { 200: { description: summary, content: { [type]: { schema: Type.Object({}) } } } },
  }
  app.get(path, { schema }, async (_request, reply) => {
    reply.header('content-type', `${type}; charset=utf-8`).header('access-control-allow-origin', '*')
    return text
  })
}
