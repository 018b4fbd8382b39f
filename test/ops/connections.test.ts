import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { defineBlock } from '../../src/index.ts'
import { connectionLimits } from '../../src/ops/connections.ts'
import { ana, build, metricsOf, secret } from '../helper.ts'
import { until } from '../until.ts'

const limits = { headersMs: 100, requestMs: 200, silentMs: 400, keepAliveMs: 100, checkEveryMs: 20 }
const head = `POST /blocks/hello HTTP/1.1\r\nHost: b.test\r\nAuthorization: Bearer ${secret}\r\n`
const whole = `${head}Content-Length: ${ana.length}\r\n\r\n${ana}`

t.test('a proxy closes first, and a slow request takes no longer than ManyChat waits', async t => {
  t.ok(connectionLimits.keepAliveMs > 600_000)
  t.ok(connectionLimits.headersMs < connectionLimits.requestMs)
  t.ok(connectionLimits.requestMs + connectionLimits.checkEveryMs < connectionLimits.silentMs)
})

t.test('a connection that is slow or silent is closed, and takes nothing from others', async t => {
  const open = await serve(t)
  for (const [what, begin, drop] of [
    ['not a byte', '', ''],
    ['half a header', 'POST /blocks/hello HTTP/1.1\r\nHost: b.te', ''],
    ['a header a time', head, 'X-More: 1\r\n'],
    ['half a body', `${head}Content-Length: ${ana.length}\r\n\r\n{"id":`, ''],
    ['a byte of the body a time', `${head}Content-Length: 100000\r\n\r\n{"id":`, ' '],
  ] as const) {
    const socket = await open()
    socket.write(begin)
    const dripping = setInterval(() => drop && socket.write(drop), 10)
    const { answer } = await ended(socket)
    clearInterval(dripping)
    t.match(answer, /^HTTP\/1\.1 408 [\s\S]*DYN_REQUEST_SLOW.*within 0\.1 s\b/, what)
    t.match(await ask(await open(), whole), /^HTTP\/1\.1 200 /, `${what}: others are answered`)
  }
})

t.test('a hundred at once don’t keep a call from being answered', async t => {
  const open = await serve(t)
  const slow = await Promise.all(Array.from({ length: 100 }, open))
  for (const socket of slow) socket.write(head)
  t.match(await ask(await open(), whole), /^HTTP\/1\.1 200 /)
  await Promise.all(slow.map(ended))
})

t.test('a connection is kept for the next call, and closed when none comes', async t => {
  const open = await serve(t)
  const socket = await open()
  t.match(await ask(socket, whole), /^HTTP\/1\.1 200 /)
  t.match(await ask(socket, whole), /^HTTP\/1\.1 200 /)
  await ended(socket)
})

t.test('who does not read its answer is not waited for', async t => {
  const { app } = build(t, { limits: { ...limits, requestMs: 5000, headersMs: 5000 } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as { port: number }).port, '127.0.0.1').on('error', () => {})
  t.teardown(() => socket.destroy())
  const [theirs] = (await once(app.server, 'connection')) as [Socket]
  // More than fits into the buffers of both sides, after a call that may come with others.
  socket.pause().write(whole)
  await once(app.server, 'request')
  socket.write('GET /schema/content.json HTTP/1.1\r\nHost: b.test\r\n\r\n'.repeat(3000))
  await once(theirs, 'close')
})

t.test('a stranger who sends many requests at once is closed, and the rest of them is dropped', async t => {
  const { app } = build(t)
  let requests = 0
  app.addHook('onRequest', async () => {
    requests++
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const many = 'GET /healthz HTTP/1.1\r\nHost: b.test\r\n\r\n'.repeat(1000)
  const stranger = connect(port, '127.0.0.1').setEncoding('utf8')
  const closed = ended(stranger)
  stranger.write(many)
  await closed
  t.equal(requests, 4)
  const known = connect(port, '127.0.0.1').setEncoding('utf8')
  t.teardown(() => known.destroy())
  t.match(await ask(known, whole), /^HTTP\/1\.1 200 /)
  known.write(many)
  await until(() => requests === 1005)
})

t.test('what is too large is refused by name', async t => {
  const open = await serve(t)
  t.match(
    await ask(await open(), `${head}X-Large: ${'x'.repeat(17_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 [\s\S]*DYN_HEADERS_TOO_LARGE/,
  )
  t.match(await ask(await open(), `${head}Content-Length: 300000\r\n\r\n`), /^HTTP\/1\.1 413 [\s\S]*DYN_BODY_TOO_LARGE/)
})

t.test('what is no HTTP is refused by name, and counted', async t => {
  const { app } = build(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  const answers = ended(socket)
  socket.write('canary of somebody who looks for an open port\r\n\r\n')
  const { answer } = await answers
  const [headers, body] = answer.split('\r\n\r\n') as [string, string]
  t.match(headers, /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*Content-Type: application\/problem\+json/)
  t.match(headers, `Content-Length: ${body.length}`)
  t.match(JSON.parse(body), { code: 'DYN_REQUEST_REFUSED', status: 400, detail: /HPE_INVALID_METHOD/ })
  t.notMatch(body, 'canary')
  const metrics = await metricsOf(app)
  t.match(metrics, 'dynablock_refusals_total{code="DYN_REQUEST_REFUSED"} 1')
})

t.test('who has gone in the middle of a request is not answered', async t => {
  const { app } = build(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const socket = connect(port, '127.0.0.1')
  const [theirs] = (await once(app.server, 'connection')) as [Socket]
  const closed = new Promise(resolve => theirs.once('close', resolve))
  socket.write(head, () => socket.resetAndDestroy())
  await closed
  t.match(await app.inject('/healthz'), { statusCode: 200 })
})

t.test('what Node would refuse by itself is refused as everything else, and counted', async t => {
  const { app } = build(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const requests = [
    ['CONNECT b.test:443 HTTP/1.1\r\nHost: b.test\r\n\r\n', 'the method CONNECT'],
    ['GET /healthz HTTP/1.1\r\nHost: b.test\r\nExpect: a canary\r\n\r\n', 'an "Expect" other than 100-continue'],
    ['GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 'no Host'],
  ] as const
  for (const [text, got] of requests) {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8')
    const answers = ended(socket)
    socket.write(text)
    const [headers, body] = (await answers).answer.split('\r\n\r\n') as [string, string]
    t.match(headers, /^HTTP\/1\.1 400 Bad Request\r\n/, got)
    t.match(headers, /content-type: application\/problem\+json/i)
    t.match(JSON.parse(body), { code: 'DYN_REQUEST_REFUSED', status: 400, got })
  }
  t.match(await metricsOf(app), `dynablock_refusals_total{code="DYN_REQUEST_REFUSED"} ${requests.length}`)
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  t.teardown(() => socket.destroy())
  t.match(await ask(socket, 'GET /healthz HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 /, 'HTTP/1.0 has no Host')
})

t.test('who resets a CONNECT harms nobody', async t => {
  const { app } = build(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  const [theirs] = (await once(app.server, 'connection')) as [Socket]
  const closed = once(theirs, 'close')
  app.server.once('connect', () => theirs.destroy(new Error('reset')))
  socket.write('CONNECT b.test:443 HTTP/1.1\r\nHost: b.test\r\n\r\n')
  await closed.catch(() => {})
  t.match(await app.inject('/healthz'), { statusCode: 200 })
})

t.test('a call that comes by an open connection while the server closes is answered, and is the last', async t => {
  const { promise: gate, resolve: release } = Promise.withResolvers<string>()
  const blocks = { hello: defineBlock({ open: () => gate }), quick: defineBlock({ open: () => 'Quick' }) }
  const { app } = build(t, { blocks })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  const answers = ended(socket)
  socket.write(whole + whole.replace('/blocks/hello', '/blocks/quick'))
  await new Promise<void>(resolve => app.server.once('request', () => resolve()))
  const closing = app.close()
  release('Slow')
  const { answer } = await answers
  t.match(answer, /^HTTP\/1\.1 200 [\s\S]*Slow[\s\S]*HTTP\/1\.1 200 [\s\S]*connection: close[\s\S]*Quick/i)
  await closing
})

async function serve(t: Test, given: object = limits) {
  const { app } = build(t, { limits: given })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  return async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8')
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    return socket
  }
}

/** Sends text; resolves with the beginning of the answer. */
async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text)
  const [data] = await once(socket, 'data')
  return data
}

/** Resolves with the whole answer when the other side has closed. */
function ended(socket: Socket): Promise<{ answer: string }> {
  let answer = ''
  socket.on('data', data => {
    answer += data
  })
  socket.on('error', () => {})
  return new Promise(resolve => socket.once('close', () => resolve({ answer })))
}
