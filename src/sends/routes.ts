import { Readable } from 'node:stream'
import { type Static, Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { createError } from '../errors.ts'
import { stringifyExact } from '../exact-json.ts'
import { findMismatch, Text } from '../manychat/params.ts'
import { addLines } from './batch.ts'
import { readJson, readLines } from './body.ts'
import type { CheckSend } from './check-send.ts'
import type { Queue, Send } from './send.ts'
import { showSend, showWholeSend } from './show.ts'

export interface SendsOptions {
  queue: Pick<Queue, 'add' | 'get' | 'list' | 'retry' | 'cancel'>
  checkSend: CheckSend
  /** Lets in only who shows one of API_TOKENS. */
  authorize(app: FastifyInstance): Promise<void>
  /** The longest line of a batch, like the longest body. */
  maxBodyBytes: number
}

const ListQuery = Type.Object(
  {
    state: Type.Optional(
      Type.Union(
        (['waiting', 'running', 'done', 'dead', 'cancelled'] as const).map(state => Type.Literal(state)),
        { description: 'waiting, running, done, dead or cancelled' },
      ),
    ),
    page: Type.Optional(Text),
    addressee: Type.Optional(Text),
    before: Type.Optional(Type.String({ pattern: '^\\d{1,15}$', description: 'the id of a send' })),
    limit: Type.Optional(Type.String({ pattern: '^(?:[1-9]\\d?|[1-4]\\d\\d|500)$', description: 'a number to 500' })),
  },
  { additionalProperties: false, description: 'state, page, addressee, before and limit' },
)
type ListQuery = Static<typeof ListQuery>

const defaultLimit = 50
const jsonType = 'application/json; charset=utf-8'

/** What the user's own systems call: durable outbound calls are taken, shown, retried and cancelled. */
export async function sends(app: FastifyInstance, options: SendsOptions): Promise<void> {
  const { queue, checkSend, authorize, maxBodyBytes } = options
  await authorize(app)
  acceptBodies(app)

  app.post('/sends', async ({ headers, body }, reply) => {
    const idempotencyKey = readIdempotencyKey(headers['idempotency-key'])
    if (body instanceof Readable) {
      // Who stops reading still answers: a stream that is destroyed takes its socket along.
      const chunks = body.iterator({ destroyOnReturn: false })
      const answers = await addLines(readLines(chunks, maxBodyBytes), { queue, checkSend, idempotencyKey })
      // What was left unread would hold up the connection.
      body.resume()
      const text = answers.map(answer => `${stringifyExact(answer)}\n`).join('')
      return reply.header('content-type', 'application/x-ndjson; charset=utf-8').send(text)
    }
    const [added] = await queue.add([checkSend(body, idempotencyKey)])
    const { send, existed } = added as NonNullable<typeof added>
    return give(reply.code(existed ? 200 : 202).header('location', `/sends/${send.id}`), showSend(send))
  })

  app.get('/sends', async ({ query }, reply) => {
    const mismatch = findMismatch(ListQuery, query)
    if (mismatch) throw createError('DYN_SEND_INVALID', { ...mismatch })
    const { limit: text, ...filters } = query as ListQuery
    const limit = text === undefined ? defaultLimit : Number(text)
    const found = await queue.list({ ...filters, limit })
    const next = found.length < limit ? null : (found.at(-1) as Send).id
    return give(reply, { sends: found.map(showSend), next })
  })

  app.get<{ Params: { id: string } }>('/sends/:id', async ({ params }, reply) => {
    return give(reply, showWholeSend(require(await queue.get(readId(params.id)), 'there')))
  })

  app.post<{ Params: { id: string } }>('/sends/:id/retry', async ({ params }, reply) => {
    return give(reply, showSend(require(await queue.retry(readId(params.id)), 'dead')))
  })

  app.delete<{ Params: { id: string } }>('/sends/:id', async ({ params }, reply) => {
    return give(reply, showSend(require(await queue.cancel(readId(params.id)), 'waiting')))
  })
}

/** JSON is read here, lines as they arrive; anything else is not taken. */
function acceptBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: unknown, body: string) =>
    // Tools send the type with no body at all, as to retry.
    body === '' ? undefined : readJson(body),
  )
  app.addContentTypeParser('application/x-ndjson', async (_request: unknown, body: unknown) => body)
}

function give(reply: FastifyReply, value: object): FastifyReply {
  return reply.header('content-type', jsonType).send(stringifyExact(value))
}

function require(send: Send | null | false, expected: string): Send {
  if (send === null) throw createError('DYN_SEND_UNKNOWN')
  if (send === false) throw createError('DYN_SEND_STATE', { expected })
  return send
}

/** What can't be an id is none that a send has. */
function readId(text: string): string {
  if (/^\d{1,15}$/.test(text)) return text
  throw createError('DYN_SEND_UNKNOWN')
}

function readIdempotencyKey(header: string | string[] | undefined): string | null {
  if (header === undefined) return null
  if (typeof header === 'string' && /^[\x20-\x7e]{1,200}$/.test(header)) return header
  throw createError('DYN_IDEMPOTENCY_KEY', { got: `one of ${String(header).length} characters` })
}
