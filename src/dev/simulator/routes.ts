import type { Socket } from 'node:net'
import { type TSchema, Type } from '@sinclair/typebox'
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import type { Contact } from '../../blocks/contact.ts'
import { channels } from '../../content/channels.ts'
import { createError } from '../../errors/errors.ts'
import { contract } from '../../json/contract.ts'
import { readJson } from '../../json/exact-json.ts'
import { readFixture } from '../conversation/fixture.ts'
import type { Saved } from '../conversation/state.ts'
import { faults } from '../fake-api/fake-api.ts'
import { outsideApi, publicApi } from './api.ts'
import { showReplayed } from './fixture.ts'
import { createGuard, type GuardOptions, isLoopback } from './guard.ts'
import { page } from './page.ts'
import { createSessions, type Sessions, type SessionsOptions } from './sessions.ts'
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
      contact: Type.Optional(Type.Unsafe<Partial<Contact>>(Fields)),
      saved: Type.Optional(Type.Unsafe<Saved>(Fields)),
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

const params = Type.Object({ id: Type.String() })
const ofSession = { schema: { params } }

/** The schema of a route that sends a body to a conversation. */
function taking<Body extends TSchema>(body: Body) {
  return { schema: { params, body } }
}

/** Limits the conversations that can be restored or replayed. */
const maxBodyBytes = 16 * 1024 * 1024

export type Simulator = ReturnType<typeof createSimulator>

export interface SimulatorOptions extends SessionsOptions, Pick<GuardOptions, 'token'> {}

/** The parts of the simulator that the server uses. */
export function createSimulator({ token, ...options }: SimulatorOptions) {
  const sessions = createSessions(options)
  const guard = createGuard({ token, loopbackOnly: isLoopback(options.config.host) })
  return {
    /** Whether it stands in for ManyChat's API. */
    isApiPlayed: sessions.isApiPlayed,
    /** Refuses everybody but the developer. */
    guard,
    routes: (app: FastifyInstance) => routes(app, sessions, guard),
  }
}

/** `/simulator`: the page, the routes it uses, and the imitation of ManyChat's API. Development only. */
async function routes(scope: FastifyInstance, sessions: Sessions, guard: onRequestAsyncHookHandler): Promise<void> {
  const app = contract(scope, mismatch => createError('DYN_SIMULATOR_INVALID', { ...mismatch }))
  scope.addHook('onRequest', guard)
  acceptJson(scope)
  await page(scope)
  const { stream } = createStreams(scope)
  dropUnusedConnections(scope)
  app.addHook('onListen', sessions.start)
  app.addHook('onClose', sessions.stop)
  await scope.register(publicApi, sessions.api)
  await scope.register(outsideApi, sessions.api)

  const limits = { bodyLimit: maxBodyBytes }
  app.get('/simulator/setup', () => sessions.setup())

  app.post('/simulator/conversations', { ...limits, schema: { body: bodies.begin } }, async ({ body }, reply) => {
    const session = sessions.begin(body)
    return reply.code(201).send({ id: session.id })
  })

  app.get('/simulator/conversations/:id/events', ofSession, ({ params }, reply) => {
    const { state, watch } = sessions.find(params.id)
    stream(reply, { state: () => ({ ...state(), ...sessions.switches() }), watch })
  })

  app.get('/simulator/conversations/:id/recording', ofSession, ({ params }, reply) => {
    // Indented, since people read it and keep it beside their blocks.
    return reply.type('application/json').send(`${JSON.stringify(sessions.find(params.id).record(), null, 2)}\n`)
  })

  app.post('/simulator/conversations/:id/open', ofSession, async ({ params }) => {
    await sessions.find(params.id).conversation.open()
    return {}
  })

  app.post('/simulator/conversations/:id/tap', taking(bodies.tap), async ({ params, body }) => {
    await sessions.find(params.id).conversation.tap(body.id)
    return {}
  })

  app.post('/simulator/conversations/:id/say', taking(bodies.say), async ({ params, body }) => {
    return { heard: await sessions.find(params.id).conversation.say(body.text) }
  })

  app.post('/simulator/conversations/:id/contact', taking(bodies.contact), async ({ params, body }) => {
    const session = sessions.find(params.id)
    session.conversation.changeContact(body)
    session.notify()
    return {}
  })

  app.post('/simulator/replays', limits, async ({ body }, reply) => {
    // A replay can take as long as the conversation did.
    reply.raw.setTimeout(0)
    const { session, steps } = await sessions.replay(readFixture(body))
    return { id: session.id, replayed: steps.map(showReplayed) }
  })

  app.post('/simulator/switches', { schema: { body: bodies.switches } }, async ({ body }) => {
    sessions.change(body)
    return sessions.switches()
  })

  app.post('/simulator/clock', { schema: { body: bodies.clock } }, async ({ body }) => {
    sessions.moveClock(body.forwardMs)
    return sessions.switches()
  })

  app.post('/simulator/restart', (_request, reply) => {
    const { restart } = sessions
    if (typeof restart !== 'function') throw createError('DYN_SIMULATOR_RESTART', { got: restart.impossible })
    reply.raw.on('finish', restart)
    return reply.code(202).send({})
  })
}

/** People may type a contact's ids as bare numbers, which JSON.parse would round. */
function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: unknown, body: string) => {
    return readJson(body)
  })
}

/**
 * Browsers open connections in advance. Node counts an unused one as busy, so closing the server would wait half a minute
 * for it.
 */
function dropUnusedConnections(app: FastifyInstance): void {
  const unused = new Set<Socket>()
  app.server.on('connection', socket => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  app.server.on('request', ({ socket }) => unused.delete(socket))
  app.addHook('preClose', async () => {
    for (const socket of unused) socket.destroy()
  })
}
