import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { addLines } from '../../src/sends/batch.ts'
import { readLines } from '../../src/sends/body.ts'
import { until } from '../until.ts'
import { flowSend, serveSends, token } from './desk-server.ts'

const line = JSON.stringify(flowSend)
const other = JSON.stringify({ ...flowSend, params: { ...flowSend.params, flow_ns: 'content2' } })

t.test('each line is answered, and one that is refused leaves the others', async t => {
  const { postLines, memory } = await serveSends(t)
  const { status, answers } = await postLines(`${line}\r\n\n{"operation"\n${'x'.repeat(5000)}\n[]\n${line}`)
  t.equal(status, 200)
  t.match(answers, [
    { line: 1, status: 202, id: '1', state: 'waiting' },
    { line: 3, status: 400, code: 'DYN_BODY_NOT_JSON', detail: /not JSON/ },
    { line: 4, status: 413, code: 'DYN_BODY_TOO_LARGE' },
    { line: 5, status: 400, code: 'DYN_SEND_INVALID' },
    { line: 6, status: 202, id: '2' },
  ])
  t.equal((await memory.rows()).length, 2)
  t.strictSame((await postLines('')).answers, [])
})

t.test('blank lines are counted, and left out', async t => {
  const { postLines } = await serveSends(t)
  const { answers } = await postLines(`\n\n${'\n'.repeat(20_000)}${line}\n \n${line}`)
  t.match(answers, [
    { line: 20_003, status: 202 },
    { line: 20_005, status: 202 },
  ])
})

t.test('with a key the same lines are the same sends, and one that differs is a conflict', async t => {
  const { postLines, memory } = await serveSends(t)
  const headers = { 'idempotency-key': 'import-7' }
  await postLines(`${line}\n${line}\n`, headers)
  const { answers } = await postLines(`${line}\n${other}\n${line}\n`, headers)
  t.match(answers, [
    { line: 1, status: 200, id: '1' },
    { line: 2, status: 409, code: 'DYN_IDEMPOTENCY_CONFLICT' },
    { line: 3, status: 202 },
  ])
  t.strictSame(
    (await memory.rows()).map(({ idempotencyKey }) => idempotencyKey),
    ['import-7→→1', 'import-7→→2', 'import-7→→3'],
  )
})

t.test('10,000 lines are taken, the rest is left', async t => {
  const { postLines, memory } = await serveSends(t, undefined, { readMs: 60_000, storeMs: 60_000 })
  const { answers } = await postLines(`${line}\n`.repeat(10_002))
  t.equal(answers.length, 10_001)
  t.match(answers.at(-1), { line: 10_001, status: 413, code: 'DYN_SENDS_TOO_MANY' })
  t.match(await memory.stats(), { byState: [{ state: 'waiting', count: 10_000 }] })
  t.equal(memory.calls.filter(name => name === 'add').length, 50)
})

t.test('a store that is away refuses line by line', async t => {
  const { postLines, memory } = await serveSends(t)
  memory.fault.isAway = true
  t.match((await postLines(`${line}\n${line}`)).answers, [
    { line: 1, status: 503, code: 'DYN_STORE_FAILED' },
    { line: 2, status: 503 },
  ])
})

t.test('with keys it is the same, and a key that another takes meanwhile is a conflict of its line alone', async t => {
  const { postLines, memory, queue } = await serveSends(t)
  const headers = { 'idempotency-key': 'import-8' }
  memory.fault.isAway = true
  t.match((await postLines(`${line}\n${line}`, headers)).answers, [
    { line: 1, status: 503, code: 'DYN_STORE_FAILED' },
    { line: 2, status: 503 },
  ])
  memory.fault.isAway = false
  await postLines(line, headers)
  queue.findAdded = async given => given.map(() => null)
  t.match((await postLines(`${other}\n${line}`, headers)).answers, [
    { line: 1, status: 409, code: 'DYN_IDEMPOTENCY_CONFLICT' },
    { line: 2, status: 202 },
  ])
})

/** Posts over a socket of its own, and waits for the answer; `end` false leaves the body unfinished. */
async function postOver(app: FastifyInstance, payload: string, { end = true, key = 'import-1' } = {}) {
  const { port } = app.server.address() as AddressInfo
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson', 'idempotency-key': key }
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const sent = request({ host: '127.0.0.1', port, path: '/sends', method: 'POST', headers, agent })
  if (end) sent.end(payload)
  else sent.write(payload)
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode as number, text, headers: response.headers }
}

t.test('a store that is slower than a request may be is waited for', async t => {
  const { app, queue, memory, timeouts } = await serveSends(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { add } = queue
  let isHeld = true
  queue.add = async given => {
    if (isHeld) await until(() => timeouts.length > 0)
    isHeld = false
    return add(given)
  }
  const padded = `${line}${' '.repeat(3000)}\n`
  const { status, text } = await postOver(app, padded.repeat(3000))
  t.equal(status, 200)
  t.equal(text.split('\n').length, 3001)
  t.match(timeouts, [{ code: 'ERR_HTTP_REQUEST_TIMEOUT' }], 'Node found it too slow')
  t.match(await memory.stats(), { byState: [{ state: 'waiting', count: 3000 }] })
})

t.test('a caller that stops in the middle is not waited for', async t => {
  const { app, memory } = await serveSends(t, undefined, { readMs: 300 })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const lines = `${line}\n`.repeat(1000)
  const { status, text, headers } = await postOver(app, `${lines}{"oper`, { end: false })
  t.equal(status, 408)
  t.match(JSON.parse(text), { code: 'DYN_BODY_SLOW' })
  t.equal(headers.connection, 'close')
  t.match(await memory.stats(), { byState: [{ count: 1000 }] }, 'what came is stored')
  const repeated = await postOver(app, lines)
  t.equal(repeated.status, 200)
  t.equal(repeated.text.match(/"status":200/g)?.length, 1000)
})

t.test('a repeat goes on where a slow store stopped it', async t => {
  const { queue, clock, checkSend } = await serveSends(t)
  const { add } = queue
  queue.add = async given => {
    await clock.pass(3000)
    return add(given)
  }
  const post = async () => {
    const keyOf = (number: number) => `import/${number}`
    const lines = Readable.from([Buffer.from(`${line}\n`.repeat(2400))])
    const options = { queue: () => queue, checkSend, keyOf, now: clock.now }
    const answers = await addLines(readLines(lines, 4096), options)
    t.strictSame(
      answers.map(({ line }) => line),
      answers.map((_, index) => index + 1),
    )
    return [...Map.groupBy(answers, ({ status }) => status)].map(([status, { length }]) => [status, length])
  }
  t.strictSame(await post(), [
    [202, 800],
    [503, 1600],
  ])
  t.strictSame(await post(), [
    [200, 800],
    [202, 800],
    [503, 800],
  ])
  t.strictSame(await post(), [
    [200, 1600],
    [202, 800],
  ])
  t.strictSame(await post(), [[200, 2400]])
})

t.test('a failure of our own is not quoted', async t => {
  const { postLines, queue } = await serveSends(t)
  queue.add = () => Promise.reject(new Error('what a contact wrote'))
  const { answers, text } = await postLines(line)
  t.match(answers, [{ line: 1, status: 500, code: 'DYN_INTERNAL' }])
  t.notMatch(text, 'what a contact wrote')
})

t.test('over a socket too much is answered, not cut off', async t => {
  const { app } = await serveSends(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' }
  const sent = request({ host: '127.0.0.1', port, path: '/sends', method: 'POST', headers })
  sent.end(`${line}\n`.repeat(12_000))
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  t.equal(response.statusCode, 200)
  t.match(text.trimEnd().split('\n').at(-1), /"line":10001,"status":413/)
})

t.test('lines are found wherever the chunks end', async t => {
  const text = 'ä1\n\n  \nlonger than may be\nb\r\nend'
  for (let size = 1; size < 40; size++) {
    const lines = await Array.fromAsync(readLines(chunksOf(text, size), 8))
    t.strictSame(
      lines,
      [
        { number: 1, text: 'ä1' },
        { number: 4, text: null },
        { number: 5, text: 'b\r' },
        { number: 6, text: 'end' },
      ],
      `chunks of ${size}`,
    )
  }
})

async function* chunksOf(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
}
