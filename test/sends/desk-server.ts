/** The routes of sends on their own app, with a queue that the test can inspect. */
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import type { Test } from 'tap'
import { createDefaultOnUnknown } from '../../src/delivery/on-unknown.ts'
import { createApiAccess } from '../../src/ops/api-access.ts'
import { bodies } from '../../src/ops/bodies.ts'
import { createBareRefusals } from '../../src/ops/client-error.ts'
import type { Queue } from '../../src/queue/job.ts'
import type { JobRow } from '../../src/queue/rows.ts'
import { createSendCheck } from '../../src/sends/check-send.ts'
import { type SendsOptions, sends } from '../../src/sends/routes.ts'
import { readApiToken } from '../../src/settings/credentials.ts'
import { createSendProblem } from '../../src/webhook/respond.ts'
import { openQueue } from '../delivery/open-worker.ts'
import { openDesk, page, subscriber } from './desk.ts'

export const token = 'an-api-token-of-this-test-run-0123'
export const flowSend = {
  operation: 'sending.sendFlow',
  page,
  params: { subscriber_id: subscriber, flow_ns: 'content1' },
}

export async function serveSends(t: Test, given?: Queue, limits: Pick<SendsOptions, 'readMs' | 'storeMs'> = {}) {
  const { clock, pages, bots } = await openDesk(t)
  const { store, queue: own, fault, rows, calls } = await openQueue(t, clock)
  const queue = given ?? own
  const memory = { ...own, fault, rows, calls, change }
  const watch = { refused: () => undefined }
  const { sendClientError } = createBareRefusals({ limits: { headersMs: 100, requestMs: 200 }, watch })
  const timeouts: unknown[] = []
  const app: FastifyInstance = Fastify({
    bodyLimit: 4096,
    requestTimeout: 2000,
    http: { headersTimeout: 2000, connectionsCheckingInterval: 10 },
    clientErrorHandler(error, socket) {
      timeouts.push(error)
      sendClientError(error, socket)
    },
  })
  bodies(app, { maxBytes: 4096, maxTotalBytes: 65_536 })
  app.setErrorHandler(createSendProblem({ now: clock.now }))
  const checkSend = createSendCheck({
    pages,
    bots,
    defaultOnUnknown: createDefaultOnUnknown('hold'),
    allowLoopback: false,
  })
  const tokens = [token, `${token}-2`, `shop:sends:${token}-3`, `crm:sends+check:${token}-4`].map(readApiToken)
  const authorize = createApiAccess(tokens)('sends')
  await app.register(sends, { queue: () => queue, checkSend, authorize, maxBodyBytes: 4096, ...limits })
  t.teardown(() => app.close())
  return { app, checkSend, timeouts, queue, memory, clock, ask, post, postLines }

  /** Changes a row directly, in place of the events that would. */
  async function change(id: string, columns: Partial<JobRow>): Promise<void> {
    await store.run(db => db.updateTable('jobs').set(columns).where('id', '=', Number(id)).execute())
  }

  async function ask(method: InjectOptions['method'], url: string, more: InjectOptions = {}) {
    const headers = { authorization: `Bearer ${token}`, ...more.headers }
    const response = await app.inject({ ...more, method, url, headers } as InjectOptions)
    const { statusCode: status, body: text } = response
    // biome-ignore lint/suspicious/noExplicitAny: tests read any member
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
    // biome-ignore lint/suspicious/noExplicitAny: tests read any member
    const answers: any[] = text.split('\n').flatMap(line => (line === '' ? [] : JSON.parse(line)))
    return { status, text, answers }
  }
}
