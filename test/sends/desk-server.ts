/** The routes on an app of their own, with a queue that the test looks into. */
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import type { Test } from 'tap'
import { createSendCheck } from '../../src/sends/check-send.ts'
import { sends } from '../../src/sends/routes.ts'
import type { Queue } from '../../src/sends/send.ts'
import { requireSecret } from '../../src/webhook/auth.ts'
import { createSendProblem } from '../../src/webhook/respond.ts'
import { openDesk, page, subscriber } from './desk.ts'
import { createMemoryQueue } from './memory-queue.ts'

export const token = 'an-api-token-of-this-test-run-0123'
export const flowSend = {
  operation: 'sending.sendFlow',
  page,
  params: { subscriber_id: subscriber, flow_ns: 'content1' },
}

export async function serveSends(t: Test, given?: Queue) {
  const { clock, pages, bots } = await openDesk(t)
  const memory = createMemoryQueue(clock.now)
  const queue = given ?? memory
  const app: FastifyInstance = Fastify({ bodyLimit: 4096 })
  app.setErrorHandler(createSendProblem({ now: clock.now }))
  const checkSend = createSendCheck({ pages, bots, allowLoopback: false })
  const authorize = (scope: FastifyInstance) => requireSecret(scope, [token, `${token}-2`])
  await app.register(sends, { queue, checkSend, authorize, maxBodyBytes: 4096 })
  t.teardown(() => app.close())
  return { app, queue, memory, clock, ask, post, postLines }

  async function ask(method: InjectOptions['method'], url: string, more: InjectOptions = {}) {
    const headers = { authorization: `Bearer ${token}`, ...more.headers }
    const response = await app.inject({ ...more, method, url, headers } as InjectOptions)
    const { statusCode: status, body: text } = response
    // biome-ignore lint/suspicious/noExplicitAny: what the tests look into
    const json: any = text === '' || text.endsWith('\n') ? undefined : JSON.parse(text)
    return { status, text, json, headers: response.headers }
  }

  function post(body: unknown, headers: Record<string, string> = {}) {
    const payload = typeof body === 'string' ? body : JSON.stringify(body)
    return ask('POST', '/sends', { payload, headers: { 'content-type': 'application/json', ...headers } })
  }

  async function postLines(payload: string, headers: Record<string, string> = {}) {
    const type = { 'content-type': 'application/x-ndjson' }
    const { status, text } = await ask('POST', '/sends', { payload, headers: { ...type, ...headers } })
    // biome-ignore lint/suspicious/noExplicitAny: what the tests look into
    const answers: any[] = text.split('\n').flatMap(line => (line === '' ? [] : JSON.parse(line)))
    return { status, text, answers }
  }
}
