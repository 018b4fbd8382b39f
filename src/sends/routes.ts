import { Readable } from 'node:stream'
import { type TSchema, Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sendOperations } from '../delivery/operations.ts'
import { createError } from '../errors/errors.ts'
import { problems } from '../errors/problem-details.ts'
import { contract } from '../json/contract.ts'
import { stringifyExact } from '../json/exact-json.ts'
import { Text } from '../manychat/params.ts'
import { type Job, JobState, type Queue } from '../queue/job.ts'
import { addLines, batchLimits, type LineAnswer } from './batch.ts'
import { readJson, readLines } from './body.ts'
import { closeIfGivenUp, readChunks } from './body-chunks.ts'
import { type CheckSend, SendBody } from './check-send.ts'
import { storedKey } from './idempotency-key.ts'
import {
  AddedSendView,
  SendList,
  SendView,
  showAddedSend,
  showSend,
  showWholeSend,
  WholeSendView,
} from './send-view.ts'

export interface SendsOptions {
  queue(): Pick<Queue, 'add' | 'findAdded' | 'get' | 'list' | 'retry' | 'cancel'>
  checkSend: CheckSend
  /** Requires one of API_TOKENS with the scope `sends`. */
  authorize(app: FastifyInstance): Promise<void>
  /** The longest line of a batch, like the longest body. */
  maxBodyBytes: number
  /** How long a batch may take to arrive, and to be stored; default `batchLimits`. */
  readMs?: number
  storeMs?: number
}

const defaultLimit = 50
const ListQuery = Type.Object(
  {
    state: Type.Optional(JobState),
    page: Type.Optional(Text),
    addressee: Type.Optional(Text),
    before: Type.Optional(Type.String({ pattern: '^\\d{1,15}$', description: 'the id of a send' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 500, default: defaultLimit, description: 'a whole number from 1 to 500' }),
    ),
  },
  { additionalProperties: false, description: 'state, page, addressee, before and limit' },
)
const OneSend = Type.Object({
  id: Type.String({ pattern: '^\\d{1,15}$', description: 'the id of a send', examples: ['1'] }),
})
const TakenOnce = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[\\x20-\\x7e]{1,200}$',
      description: 'The same key and body again is the same send.',
    }),
  ),
})

const linesType = 'application/x-ndjson; charset=utf-8'
const tags = ['sends']
const security = [{ api: [] }]
const example = {
  operation: 'sending.sendContent',
  page: '1234567890123456789',
  params: {
    subscriber_id: '9007199254740993123',
    data: { version: 'v2', content: { messages: [{ type: 'text', text: 'Your parcel is on its way.' }] } },
  },
  on_unknown: 'retry',
}
/** With the operations by their names. */
const NewSend = {
  ...SendBody,
  title: 'NewSend',
  properties: { ...SendBody.properties, operation: { enum: [...sendOperations.keys()] } },
  examples: [example],
}
const Lines = Type.String({ description: 'A line of JSON for each.' })

/** What the user's own systems call: durable outbound calls are taken, shown, retried and cancelled. */
export async function sends(scope: FastifyInstance, options: SendsOptions): Promise<void> {
  const { queue, checkSend, authorize, maxBodyBytes, readMs = batchLimits.readMs, storeMs } = options
  await authorize(scope)
  acceptBodies(scope)
  const app = contract(scope, (mismatch, part) => {
    if (part === 'params') return createError('DYN_SEND_UNKNOWN')
    if (part === 'headers') return createError('DYN_IDEMPOTENCY_KEY', { got: mismatch.got })
    return createError('DYN_SEND_INVALID', { ...mismatch })
  })

  const add = {
    tags,
    operationId: 'addSend',
    summary: 'Takes an outbound call that must not be lost',
    description: 'As application/x-ndjson one send on each line, up to 10,000, with an answer for each line.',
    security,
    headers: TakenOnce,
    body: {
      content: {
        'application/json': { schema: NewSend },
        'application/x-ndjson': { schema: { ...Lines, examples: [`${JSON.stringify(example)}\n`] } },
      },
    },
    response: {
      200: {
        description: 'It was taken before; or, of lines, what became of each.',
        content: { 'application/json': { schema: AddedSendView }, 'application/x-ndjson': { schema: Lines } },
      },
      202: { description: 'The send, which is delivered as soon as possible.', ...json(AddedSendView) },
      ...problems(400, 401, 403, 408, 409, 413, 415, 429, 503),
    },
  }
  app.post('/sends', { schema: add }, async (request, reply) => {
    const { headers, body, tokenName } = request
    const given = headers['idempotency-key']
    const keyOf = (line?: number) => (given === undefined ? null : storedKey(tokenName, given, line))
    if (body instanceof Readable) {
      // A caller that stops in the middle isn't waited for again.
      reply.header('connection', 'close')
      const lines = readLines(readChunks(body, request.raw.socket, readMs), maxBodyBytes)
      const answers = await addLines(lines, { queue, checkSend, keyOf, storeMs })
      reply.removeHeader('connection')
      closeIfGivenUp(body, request.raw.socket, reply.raw)
      auditLines(request, answers)
      const text = answers.map(answer => `${stringifyExact(answer)}\n`).join('')
      return reply.header('content-type', linesType).send(text)
    }
    const { send, problems: found } = checkSend(body, keyOf())
    const [added] = await queue().add([send])
    const { job, existed } = added as NonNullable<typeof added>
    if (!existed) request.audit({ send: job.id })
    return reply
      .code(existed ? 200 : 202)
      .header('location', `/sends/${job.id}`)
      .send(showAddedSend(job, found))
  })

  const list = {
    tags,
    operationId: 'listSends',
    summary: 'Lists sends, newest first',
    security,
    querystring: ListQuery,
    response: { 200: { description: 'A page of them.', ...json(SendList) }, ...problems(400, 401, 403, 429, 503) },
  }
  app.get('/sends', { schema: list }, async ({ query: { limit = defaultLimit, ...filters } }) => {
    const found = await queue().list({ ...filters, limit })
    return { sends: found.map(showSend), next: found.length < limit ? null : (found.at(-1)?.id ?? null) }
  })

  const get = one('getSend', 'Shows a send, whole', WholeSendView)
  app.get('/sends/:id', { schema: get }, async ({ params }) => {
    return showWholeSend(require(await queue().get(params.id), 'there'))
  })

  const retry = one('retrySend', 'Makes a dead send wait again', SendView)
  app.post('/sends/:id/retry', { schema: retry }, async request => {
    const send = require(await queue().retry(request.params.id), 'dead')
    request.audit({ send: send.id })
    return showSend(send)
  })

  const cancel = one('cancelSend', 'Cancels a send that waits or runs', SendView)
  app.delete('/sends/:id', { schema: cancel }, async request => {
    const send = require(await queue().cancel(request.params.id), 'waiting or running')
    request.audit({ send: send.id })
    return showSend(send)
  })
}

/** One line for all that were added. */
function auditLines(request: FastifyRequest, answers: readonly LineAnswer[]): void {
  const ids = answers.filter(({ status }) => status === 202).map(({ id }) => String(id))
  const [first] = ids
  if (first !== undefined) request.audit({ sends: ids.length, first, last: ids.at(-1) as string })
}

/** What is common to the routes of a single send. */
function one<View extends TSchema>(operationId: string, summary: string, view: View) {
  const response = { 200: { description: 'The send.', ...json(view) }, ...problems(401, 403, 404, 409, 429, 503) }
  return { tags, operationId, summary, security, params: OneSend, response }
}

function json<Body extends TSchema>(schema: Body) {
  return { content: { 'application/json': { schema } } }
}

/** JSON is read here, lines as they arrive; anything else is not taken. */
function acceptBodies(app: FastifyInstance): void {
  app.acceptText({
    types: ['application/json'],
    // Tools send the type with no body at all, as to retry.
    parse: text => (text === '' ? undefined : readJson(text)),
  })
  app.addContentTypeParser('application/x-ndjson', async (_request: unknown, body: unknown) => body)
}

function require(send: Job | null | false, expected: string): Job {
  if (send === null) throw createError('DYN_SEND_UNKNOWN')
  if (send === false) throw createError('DYN_SEND_STATE', { expected })
  return send
}
