import Fastify from 'fastify'
import t from 'tap'
import { defineBlock } from '../../src/index.ts'
import { createOverload, maxDelayFor } from '../../src/ops/overload.ts'
import { type Answer, ana, build, metricsOf, post, secret } from '../helper.ts'
import { until } from '../until.ts'

const token = 'an-api-token-of-this-test-run-0123'
const blocks = {
  hello: defineBlock({
    fallback: 'Busy, please try again',
    open: ({ listen }) => ({
      messages: [{ type: 'text', text: 'Hello' }],
      external_message_callback: listen('heard', undefined, { timeoutSeconds: 60 }),
    }),
    steps: { heard: () => 'Heard' },
  }),
}

/** Blocks the event loop, like a block that computes. */
function compute(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** Blocks the event loop repeatedly until the log says that the server is overloaded. */
async function overload(log: string[]): Promise<void> {
  await until(() => {
    if (log.some(line => line.includes('overloaded: blocks show their fallback'))) return true
    compute(120)
    return false
  })
}

/** Repeats a call until the block has run: while the app loads, the event loop is slow and the server counts as overloaded. */
async function untilCalm(open: () => Promise<Answer>): Promise<Answer> {
  let answer = await open()
  await until(async () => {
    if (answer.shown !== 'Hello') answer = await open()
    return answer.shown === 'Hello'
  })
  return answer
}

t.test('the time that is left after the deadline of a block decides', async t => {
  t.equal(maxDelayFor(8000), 500)
  t.equal(maxDelayFor(9500), 125)
  t.equal(maxDelayFor(1000), 500)
})

t.test('a call that is authentic gets the fallback with 200, a stranger 503, and /healthz an answer', async t => {
  const { app, open, say, log, lines } = build(t, { blocks, maxDelayMs: 50, config: { apiTokens: [token] } })
  const before = await untilCalm(() => open('hello'))
  await overload(log)

  const shed = await open('hello')
  t.match([shed.status, shed.shown], [200, 'Busy, please try again'])
  const heard = await say(before, 'canary')
  t.match([heard.status, heard.shown], [200, 'Busy, please try again'])
  t.match(heard.content.external_message_callback, { url: /heard$/ }, 'the message may be sent again')

  for (const [url, headers] of [
    ['/blocks/hello', { authorization: 'Bearer wrong' }],
    ['/blocks/hello/heard', {}],
    ['/sends', { authorization: `Bearer ${token}` }],
    ['/apps/installed', { authorization: `Bearer ${secret}` }],
  ] as [string, Record<string, string>][]) {
    const answer = await post(app, url, ana, headers)
    t.match([answer.status, answer.json.code], [503, 'DYN_OVERLOADED'], url)
    t.equal(answer.headers['retry-after'], '2')
  }
  t.equal((await app.inject('/healthz')).statusCode, 200)
  const body = await metricsOf(app, token)
  t.match(body, /^dynablock_overloaded 1$/m)
  t.match(body, /^dynablock_fallbacks_total\{block="hello",code="DYN_OVERLOADED"\} \d+$/m)
  t.same(lines('error'), [], 'more to do must not be made more by a line for each')
})

t.test('what waits behind a turn that takes too long is answered at once', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const { isHigh, guard } = createOverload({ maxDelayMs: 100, log: app.log })
  await app.register(async scope => guard(scope))
  compute(500)
  t.equal(isHigh(), true)
  await until(() => !isHigh())
})

t.test('when it is over, blocks are run again, and both is said', async t => {
  const { app, open, log } = build(t, { blocks, maxDelayMs: 50 })
  await app.ready()
  await overload(log)
  const said = () => log.map(line => JSON.parse(line).msg).filter(msg => /overload/.test(msg))
  await until(() => said().length >= 2)
  t.strictSame(said(), ['overloaded: blocks show their fallback', 'overload is over'])
  t.equal((await untilCalm(() => open('hello'))).shown, 'Hello')
})
