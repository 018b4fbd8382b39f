/** `/simulator/api`: the imitation of ManyChat's API, for programs of your own, and what happens outside of that API. */
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { createError } from '../../errors/errors.ts'
import { problems } from '../../errors/problem-details.ts'
import { contract } from '../../json/contract.ts'
import type { FakeApi } from '../fake-api/fake-api.ts'
import { pageOfKey } from '../fake-api/key.ts'
import { GrowthTool, OtnTopic } from '../fake-api/swagger.ts'

const exact = { additionalProperties: false }
const Text = Type.String({ minLength: 1, description: 'text' })
const NewOtnTopic = Type.Object({ name: Text, description: Type.Optional(Text) }, exact)
const NewGrowthTool = Type.Object({ name: Text, type: Type.Optional(Text) }, exact)
const Message = Type.Object({ text: Text }, exact)
const Heard = Type.Object({ heard: Type.Boolean({ description: 'Whether a listener was called.' }) })
const Of = Type.Object({ id: Type.String() })

/** What the clients of blocks call in memory, over HTTP. */
export async function publicApi(app: FastifyInstance, { answer }: FakeApi): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => body)
  app.all('/simulator/api/*', async ({ method, url, headers, body, raw }, reply) => {
    const gone = new AbortController()
    raw.socket.once('close', () => gone.abort())
    const path = url.slice('/simulator/api'.length)
    const call = { method, path, authorization: headers.authorization, body: String(body ?? '') }
    const given = await answer(call, gone.signal)
    return reply.code(given.status).type(given.type).send(given.body)
  })
}

/** What a contact does on the phone, and the page's owner in the dashboard: ManyChat has no API for that. */
export async function outsideApi(scope: FastifyInstance, { subscribers, accountOf }: FakeApi): Promise<void> {
  const app = contract(scope, mismatch => createError('DYN_SIMULATOR_INVALID', { ...mismatch }))

  const write = {
    operationId: 'writeAsContact',
    summary: 'The contact writes a message, which opens the 24 hours',
    params: Of,
    body: Message,
    response: { 200: Heard, ...problems(400, 401, 404) },
  }
  app.post('/simulator/api/contacts/:id/messages', { schema: write }, async ({ headers, params, body }) => {
    const contact = subscribers.find(pageOf(headers), params.id)
    if (!contact) throw createError('DYN_SIMULATOR_CONTACT')
    return { heard: await contact.say(body.text) }
  })

  const addTopic = {
    operationId: 'createOtnTopic',
    summary: 'Adds a topic of one-time notifications to the page',
    body: NewOtnTopic,
    response: { 201: OtnTopic, ...problems(400, 401) },
  }
  app.post('/simulator/api/otn-topics', { schema: addTopic }, async ({ headers, body }, reply) => {
    return reply.code(201).send(accountOf(pageOf(headers)).createOtnTopic(body.name, body.description))
  })

  const addTool = {
    operationId: 'createGrowthTool',
    summary: 'Adds a growth tool to the page',
    body: NewGrowthTool,
    response: { 201: GrowthTool, ...problems(400, 401) },
  }
  app.post('/simulator/api/growth-tools', { schema: addTool }, async ({ headers, body }, reply) => {
    return reply.code(201).send(accountOf(pageOf(headers)).createGrowthTool(body.name, body.type))
  })
}

/** @throws DynablockError `DYN_SIMULATOR_KEY` */
function pageOf({ authorization }: { authorization?: string | undefined }): string {
  const page = pageOfKey(authorization)
  if (page === undefined) throw createError('DYN_SIMULATOR_KEY')
  return page
}
