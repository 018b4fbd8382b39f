import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { inspect } from 'node:util'
import t from 'tap'
import type { Answer } from '../../src/content/content.ts'
import { createManyChat, type ManyChatOptions } from '../../src/manychat/client.ts'
import { createMatonConnections } from '../../src/manychat/maton.ts'
import { systemClock } from '../../src/outbound/clock.ts'
import { createRateLimits } from '../../src/outbound/limits.ts'
import { type Answer as FakeAnswer, startFakePlatform } from '../fake-platform.ts'
import { createTestClock } from './clock.ts'

const key = '1234567890:0123456789abcdef0123456789abcdef'
const text = 'Hi Ana, your biopsy result is here'
const data: Answer = { version: 'v2', content: { messages: [{ type: 'text', text }] } }
const flow = { subscriber_id: '9007199254740993123', flow_ns: 'content20180221085508_278589' }

t.test('a call waits for its turn', async t => {
  const { url, heard } = await startFakePlatform(t)
  const clock = createTestClock()
  const manychat = createManyChat({ key, baseUrl: url, clock })
  for (let i = 0; i < 3; i++) await manychat.page.getTags()
  t.strictSame(clock.slept.map(Math.round), [11, 11])
  t.equal(heard.length, 3)
})

t.test('a call that would wait too long is refused before it leaves', async t => {
  const { url, heard } = await startFakePlatform(t)
  const limits = createRateLimits({ clock: createTestClock() })
  const manychat = createManyChat({ key, baseUrl: url, limits, maxWaitMs: 50 })
  await manychat.page.getFlows()
  const refused = { code: 'DYN_CALL_LIMITED', carriedOut: 'no', httpStatus: null, message: /10 a second is used up/ }
  await t.rejects(manychat.page.getFlows(), refused)
  t.equal(heard.length, 1)
})

t.test('an answer without an end is left at 8 MiB', async t => {
  const chunk = Buffer.alloc(2 ** 20, ' ')
  let sent = 0
  const server = createHttpServer((_request, response) => {
    response.on('close', () => server.close())
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent++
    }
    response.on('drain', more)
    more()
  })
  t.teardown(() => server.closeAllConnections())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const closed = new Promise(resolve => server.once('close', resolve))
  const { port } = server.address() as AddressInfo
  const manychat = createManyChat({ key, baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 600_000 })
  await t.rejects(manychat.sending.sendFlow(flow), {
    code: 'DYN_CALL_FAILED',
    carriedOut: 'unknown',
    message: /an answer of more than 8 MiB/,
  })
  await closed
  t.ok(sent < 64, `the platform could send ${sent} MiB`)

  const { url, answerWith } = await startFakePlatform(t)
  answerWith({ body: `{"status":"success"${' '.repeat(8 * 2 ** 20 - 21)}}` })
  await createManyChat({ key, baseUrl: url }).sending.sendFlow(flow)
})

t.test('a flow goes to one subscriber 100 times an hour', async t => {
  const { url, heard } = await startFakePlatform(t)
  const manychat = createManyChat({ key, baseUrl: url, clock: createTestClock() })
  for (let i = 0; i < 100; i++) await manychat.sending.sendFlow(flow)
  await t.rejects(manychat.sending.sendFlow(flow), { code: 'DYN_CALL_LIMITED', message: /100 in 3600000 ms/ })
  await manychat.sending.sendFlow({ ...flow, subscriber_id: '2' })
  t.equal(heard.length, 101)
})

t.test('the caller may give up', async t => {
  const platform = await startFakePlatform(t)
  const manychat = createManyChat({ key, baseUrl: platform.url })
  const failed = { code: 'DYN_CALL_FAILED' }
  const aborted = { signal: AbortSignal.abort() }
  await t.rejects(manychat.sending.sendFlow(flow, aborted), {
    ...failed,
    carriedOut: 'no',
    message: /waited for its turn/,
  })
  t.equal(platform.heard.length, 0)

  platform.answerWith({ fault: 'silent' })
  const controller = new AbortController()
  const call = manychat.sending.sendFlow(flow, { signal: controller.signal })
  const rejection = t.rejects(call, { ...failed, carriedOut: 'unknown', message: /: it was aborted\. It may have/ })
  while (platform.heard.length === 0) await new Promise(setImmediate)
  controller.abort()
  await rejection
})

t.test('the system clock sleeps, and wakes for an abort', async t => {
  t.equal(typeof systemClock.now(), 'number')
  await systemClock.sleep(0)
  await systemClock.sleep(0, new AbortController().signal)
  await t.rejects(systemClock.sleep(1e6, AbortSignal.abort(new Error('early'))), /early/)
  const controller = new AbortController()
  const sleep = t.rejects(systemClock.sleep(1e6, controller.signal), /late/)
  controller.abort(new Error('late'))
  await sleep
})

t.test('what never left was not carried out', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  const manychat = createManyChat({ key, baseUrl: `http://127.0.0.1:${port}` })
  const refused = { code: 'DYN_CALL_FAILED', carriedOut: 'no', message: /: ECONNREFUSED\. It was not carried out/ }
  await t.rejects(manychat.sending.sendFlow(flow), { ...refused, cause: { code: 'ECONNREFUSED' } })
  await t.rejects(createManyChat({ key, baseUrl: 'http://no-such-host.invalid' }).sending.sendFlow(flow), {
    code: 'DYN_CALL_FAILED',
    carriedOut: 'no',
  })
})

t.test('Retry-After may be a date', async t => {
  const platform = await startFakePlatform(t)
  const clock = createTestClock(Date.UTC(2026, 0, 1))
  platform.answerWith({ status: 429, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' } })
  const manychat = createManyChat({ key, baseUrl: platform.url, clock })
  await t.rejects(manychat.page.getInfo(), { code: 'DYN_CALL_LIMITED', retryAfterMs: 30_000 })
})

t.test('who shares the limits hears that the service is over its own', async t => {
  const platform = await startFakePlatform(t)
  const clock = createTestClock()
  const told: [string, number][] = []
  const limits = {
    reserve: async () => ({ granted: true, waitMs: 0 }),
    slowDown: async (name: string, untilMs: number) => {
      told.push([name, untilMs - clock.now()])
      throw new Error('the store is away')
    },
  }
  const manychat = createManyChat({ key, baseUrl: platform.url, clock, limits })
  for (const headers of [{}, { 'retry-after': '7' }, { 'retry-after': '86400' }]) {
    platform.answerWith({ status: 429, headers })
    await t.rejects(manychat.page.getInfo(), { code: 'DYN_CALL_LIMITED' })
  }
  const name = 'manychat/1234567890/page.getInfo'
  t.strictSame(told, [
    [name, 250],
    [name, 250],
    [name, 250],
  ])
})

t.test('options that cannot work are refused', async t => {
  const wrong: unknown[] = [
    {},
    { key, appKey: key },
    { key: '' },
    { key: 'with a space' },
    { key: 7 },
    { maton: { key: `${key}\n` } },
    { maton: { key, connection: 'a b' } },
    { key, baseUrl: 'ftp://host' },
    { key, baseUrl: 'nothing' },
  ]
  for (const options of wrong) {
    t.throws(() => createManyChat(options as ManyChatOptions), { code: 'DYN_CLIENT_OPTIONS' })
  }
})

t.test('neither the key nor what is sent is in any error, log line or client', async t => {
  const platform = await startFakePlatform(t)
  const shown: string[] = []
  const log = {
    debug: (details: object, message: string) => void shown.push(inspect([details, message], { depth: 9 })),
    warn: (details: object, message: string) => void shown.push(inspect([details, message], { depth: 9 })),
  }
  const email = 'ana@example.com'
  // Each call's answer quotes that call.
  let said = text
  const makeEcho = () => `Bearer ${key} may not say "${said}"`
  const fetches: (typeof fetch | undefined)[] = [
    undefined,
    // Errors of undici may hold the request or the answer.
    async (...[url, request]) => {
      const cause = Object.assign(new Error(`bad ${JSON.stringify([url, request])}`), { data: makeEcho() })
      throw new TypeError(`fetch failed ${JSON.stringify(request)}`, { cause })
    },
    async () => {
      throw makeEcho()
    },
    async () => {
      throw new Error(makeEcho())
    },
  ]
  const credentials = [{ key }, { appKey: key }, { maton: { key } }]
  for (const fetch of fetches) {
    for (const credential of credentials) {
      const manychat = createManyChat({ ...credential, baseUrl: platform.url, fetch, log, clock: createTestClock() })
      shown.push(inspect(manychat, { depth: 9, showHidden: true }))
      await meet(text, () => manychat.sending.sendContent({ subscriber_id: 1, data }))
      await meet(email, () => manychat.subscriber.findBySystemField({ email }))
    }
    const maton = createMatonConnections({ key, baseUrl: platform.url, fetch, log })
    shown.push(inspect(maton, { depth: 9, showHidden: true }))
    await meet('nothing', () => maton.create())
  }
  t.ok(shown.length > 500)
  t.strictSame(
    shown.filter(line => /0123456789abcdef|biopsy|ana@example|9abcdef0/.test(line)),
    [],
  )

  async function meet(text: string, call: () => Promise<unknown>): Promise<void> {
    said = text
    for (const answer of makeAnswers(makeEcho())) {
      platform.answerWith(answer)
      await call().catch(show)
    }
  }

  function show(error: Error): void {
    shown.push(inspect(error, { depth: 9, showHidden: true }), inspect(error.cause, { showHidden: true }))
    shown.push(JSON.stringify(error), String(error), error.stack ?? '')
  }
})

/** Every shape of failure, each quoting the request. */
function makeAnswers(echo: string): FakeAnswer[] {
  const envelope = { message: echo, details: { messages: [{ message: echo }, echo] } }
  const statuses = [200, 400, 401, 429, 500]
  return [
    { body: '{"status":"success"}' },
    ...statuses.map(status => ({ status, body: JSON.stringify({ status: 'error', ...envelope }) })),
    { status: 500, body: JSON.stringify({ status: 'exception', ...envelope }) },
    ...statuses.map(status => ({ status, body: JSON.stringify(envelope) })),
    ...statuses.map(status => ({ status, body: echo })),
    { fault: 'reset' },
  ]
}
