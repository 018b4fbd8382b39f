import type { AddressInfo } from 'node:net'
import { type Static, type TSchema, Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { Contact } from '../../blocks/contact.ts'
import { channels } from '../../content/channels.ts'
import { createError } from '../../errors.ts'
import { brokenAt, parseExact } from '../../exact-json.ts'
import { findMismatch } from '../../manychat/params.ts'
import type { Saved } from '../conversation/state.ts'
import { faults } from '../fake-api/fake-api.ts'
import { dropUnusedConnections } from './connections.ts'
import { readFixture } from './fixture.ts'
import { guard } from './guard.ts'
import { page } from './page.ts'
import type { Stage } from './stage.ts'
import { createStreams } from './stream.ts'

const exact = { additionalProperties: false }
const Fields = Type.Record(Type.String(), Type.Unknown(), { description: 'an object of fields' })
const Channel = Type.Union(
  channels.map(channel => Type.Literal(channel)),
  { description: channels.join(', ') },
)
const bodies = {
  begin: Type.Object(
    {
      block: Type.String({ description: 'the name of a block' }),
      channel: Channel,
      contact: Type.Optional(Fields),
      saved: Type.Optional(Fields),
      since: Type.Optional(Type.Integer({ description: 'milliseconds' })),
      aheadMs: Type.Optional(Type.Integer({ description: 'milliseconds' })),
    },
    exact,
  ),
  tap: Type.Object({ id: Type.Integer({ description: 'the number of a button' }) }, exact),
  say: Type.Object({ text: Type.String({ minLength: 1, description: 'text' }) }, exact),
  contact: Fields,
  switches: Type.Object(
    {
      latencyMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000, description: 'milliseconds up to 60000' })),
      fault: Type.Optional(
        Type.Union(
          faults.map(fault => Type.Literal(fault)),
          { description: faults.join(', ') },
        ),
      ),
    },
    exact,
  ),
  clock: Type.Object({ forwardMs: Type.Integer({ minimum: 1, description: 'milliseconds forward' }) }, exact),
}

type OfTalk = { Params: { id: string } }

/** Largest conversation that is put back or replayed. */
const maxBodyBytes = 16 * 1024 * 1024

/** `/simulator`: the page, what drives a conversation, and ManyChat's API as it is played. Development only. */
export async function simulatorRoutes(app: FastifyInstance, stage: Stage): Promise<void> {
  guard(app)
  acceptJson(app)
  await page(app)
  const { stream } = createStreams(app)
  dropUnusedConnections(app)
  app.addHook('onListen', async () => stage.listen(ownUrl(app)))
  app.addHook('onClose', async () => stage.stop())
  await app.register(api, stage)

  const limits = { bodyLimit: maxBodyBytes }
  app.get('/simulator/setup', () => stage.setup())

  app.post('/simulator/conversations', limits, async ({ body }, reply) => {
    const { contact, saved, ...wish } = read(bodies.begin, body)
    const talk = stage.begin({ ...wish, contact: contact as Partial<Contact>, saved: saved as unknown as Saved })
    return reply.code(201).send({ id: talk.id })
  })

  app.get<OfTalk>('/simulator/conversations/:id/events', ({ params }, reply) => {
    const { state, watch } = stage.find(params.id)
    stream(reply, { state: () => ({ ...state(), ...stage.switches() }), watch })
  })

  app.get<OfTalk>('/simulator/conversations/:id/recording', ({ params }, reply) => {
    // People read it, and keep it beside their blocks.
    return reply.type('application/json').send(`${JSON.stringify(stage.find(params.id).record(), null, 2)}\n`)
  })

  app.post<OfTalk>('/simulator/conversations/:id/open', async ({ params }) => {
    await stage.find(params.id).conversation.open()
    return {}
  })

  app.post<OfTalk>('/simulator/conversations/:id/tap', async ({ params, body }) => {
    await stage.find(params.id).conversation.tap(read(bodies.tap, body).id)
    return {}
  })

  app.post<OfTalk>('/simulator/conversations/:id/say', async ({ params, body }) => {
    return { heard: await stage.find(params.id).conversation.say(read(bodies.say, body).text) }
  })

  app.post<OfTalk>('/simulator/conversations/:id/contact', async ({ params, body }) => {
    const talk = stage.find(params.id)
    talk.conversation.changeContact(read(bodies.contact, body))
    talk.tell()
    return {}
  })

  app.post('/simulator/replays', limits, async ({ body }, reply) => {
    // It takes as long as the conversation did.
    reply.raw.setTimeout(0)
    const { talk, replayed } = await stage.replay(readFixture(body))
    return { id: talk.id, replayed }
  })

  app.post('/simulator/switches', async ({ body }) => {
    stage.change(read(bodies.switches, body))
    return stage.switches()
  })

  app.post('/simulator/clock', async ({ body }) => {
    stage.moveClock(read(bodies.clock, body).forwardMs)
    return stage.switches()
  })

  app.post('/simulator/restart', (_request, reply) => {
    const { restart } = stage
    if (typeof restart !== 'function') throw createError('DYN_SIMULATOR_RESTART', { got: restart.impossible })
    reply.raw.on('finish', restart)
    return reply.code(202).send({})
  })
}

/** Ids of a contact are typed as bare digits, too. */
function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: unknown, body: string) => {
    try {
      return parseExact(body)
    } catch {
      throw createError('DYN_BODY_NOT_JSON', { got: `text that breaks off at position ${brokenAt(body) ?? 'unknown'}` })
    }
  })
}

/** The same API that the clients of blocks call in memory, for whoever wants to try it with curl. */
async function api(app: FastifyInstance, { answerApi }: Stage): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => body)
  app.all('/simulator/api/*', async ({ method, url, headers, body, raw }, reply) => {
    const gone = new AbortController()
    raw.socket.once('close', () => gone.abort())
    const path = url.slice('/simulator/api'.length)
    const call = { method, path, authorization: headers.authorization, body: String(body ?? '') }
    const answer = await answerApi(call, gone.signal)
    return reply.code(answer.status).type(answer.type).send(answer.body)
  })
}

/** @throws DynablockError `DYN_SIMULATOR_INVALID` */
function read<T extends TSchema>(schema: T, body: unknown): Static<T> {
  const mismatch = findMismatch(schema, body)
  if (mismatch) throw createError('DYN_SIMULATOR_INVALID', { ...mismatch })
  return body as Static<T>
}

/** Where this server is reached from its own machine. */
function ownUrl(app: FastifyInstance): string {
  const [{ address: host, family, port }] = app.addresses() as [AddressInfo]
  const isAny = host === '0.0.0.0' || host === '::'
  const name = isAny ? '127.0.0.1' : family === 'IPv6' ? `[${host}]` : host
  return `http://${name}:${port}`
}
