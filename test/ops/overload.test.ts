import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { defineBlock } from '../../src/index.ts'
import { createOverload, maxDelayFor } from '../../src/ops/overload.ts'
import { type Answer, ana, build, post, secret } from '../helper.ts'

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

/** The event loop stands still for so long, as it does for a block that computes. */
function compute(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** Turns the loop slowly until the mean of its turns says so. */
async function overload(t: Test, open: () => Promise<Answer>): Promise<void> {
  for (let turns = 0; (await open()).shown === 'Hello'; turns++) {
    if (turns === 1000) t.bailout('a loop that is late all the time was never taken for that')
    await new Promise(resolve => setImmediate(resolve))
    compute(30)
  }
}

t.test('the time that is left after the deadline of a block decides', async t => {
  t.equal(maxDelayFor(8000), 500)
  t.equal(maxDelayFor(9500), 125)
  t.equal(maxDelayFor(1000), 500)
})

t.test('a call that is authentic gets the fallback with 200, a stranger 503, and /healthz an answer', async t => {
  const { app, open, say, lines } = build(t, { blocks, maxDelayMs: 10, config: { apiTokens: [token] } })
  const before = await open('hello')
  t.equal(before.shown, 'Hello')
  await overload(t, () => open('hello'))

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
  const { body } = await app.inject('/metrics')
  t.match(body, /^dynablock_overloaded 1$/m)
  t.match(body, /^dynablock_fallbacks_total\{block="hello",code="DYN_OVERLOADED"\} \d+$/m)
  t.same(lines('error'), [], 'more to do must not be made more by a line for each')
})

t.test('what waits behind a turn that takes too long is answered at once', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const { isHigh, guard } = createOverload({ maxDelayMs: 100, log: app.log })
  await app.register(async scope => guard(scope))
  t.equal(isHigh(), false)
  compute(150)
  t.equal(isHigh(), false, 'one turn may take the time of two')
  compute(150)
  t.equal(isHigh(), true)
  while (isHigh()) await new Promise(resolve => setTimeout(resolve, 5))
})

t.test('when it is over, blocks are run again, and both is said', async t => {
  const { open, log } = build(t, { blocks, maxDelayMs: 10 })
  await overload(t, () => open('hello'))
  const said = () => log.map(line => JSON.parse(line).msg).filter(msg => /overload/.test(msg))
  while (said().length < 2) await new Promise(resolve => setTimeout(resolve, 5))
  t.strictSame(said(), ['overloaded: blocks show their fallback', 'overload is over'])
  t.equal((await open('hello')).shown, 'Hello')
})
