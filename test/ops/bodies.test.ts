import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { defineBlock } from '../../src/index.ts'
import { ana, build, buttonOf, metricsOf, type Overrides, secret } from '../helper.ts'
import { until } from '../until.ts'

const authorization = `Authorization: Bearer ${secret}\r\n`
const blocks = {
  hello: defineBlock({
    open: ({ tap }) => ({ messages: [{ type: 'text', text: 'Hello', buttons: [tap('Go on', 'next')] }] }),
    steps: { next: ({ extras }) => `${String(extras.words ?? '').length}` },
  }),
}

function head(path: string, length: number | 'chunked', more = ''): string {
  const framing = length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`
  return `POST ${path} HTTP/1.1\r\nHost: b.test\r\n${framing}\r\n${more}\r\n`
}

async function serve(t: Test, overrides: Overrides = {}) {
  const built = build(t, { blocks, ...overrides })
  await built.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = built.app.server.address() as { port: number }
  return { ...built, open }

  /** A connection, and everything that comes from the server. */
  async function open() {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8')
    t.teardown(() => socket.destroy())
    let text = ''
    socket.on('data', data => {
      text += data
    })
    socket.on('error', () => {})
    const closed = once(socket, 'close')
    await once(socket, 'connect')
    /** Resolves when the server has seen the request. */
    const begin = async (text: string) => {
      const seen = once(built.app.server, 'request')
      socket.write(text)
      await seen
    }
    return { socket, begin, closed, answer: () => text, answered: () => until(() => text.includes('\r\n\r\n')) }
  }
}

t.test('a body may come in any pieces', async t => {
  const { open } = await serve(t)
  const words = 'é'.repeat(5000)
  const body = Buffer.from(ana.replace('Ana', words))
  for (const size of [1, 999, 4096, body.length]) {
    const { socket, answered, answer } = await open()
    socket.write(head('/blocks/hello', body.length, authorization))
    await inPieces(socket, body, size, piece => piece)
    await answered()
    t.match(answer(), /^HTTP\/1\.1 200 /, `pieces of ${size}`)
  }
})

t.test('also when nobody says how long it is', async t => {
  const { open } = await serve(t)
  const body = Buffer.from(ana.replace('Ana', 'é'.repeat(5000)))
  const { socket, answered, answer } = await open()
  socket.write(head('/blocks/hello', 'chunked', authorization))
  await inPieces(socket, body, 777, chunkOf)
  socket.write('0\r\n\r\n')
  await answered()
  t.match(answer(), /^HTTP\/1\.1 200 /)
  const empty = await open()
  empty.socket.write(`${head('/blocks/hello', 'chunked', authorization)}0\r\n\r\n`)
  await empty.answered()
  t.match(empty.answer(), /DYN_CONTACT_MISSING/)
})

t.test('what is longer than it may be is refused, as soon as it says so or is', async t => {
  const { open } = await serve(t, { config: { maxBodyBytes: 200_000 } })
  for (const [path, limit, more] of [
    ['/blocks/hello', 200_000, authorization],
    ['/blocks/hello/next', 131_072, ''],
  ] as const) {
    const declared = await open()
    declared.socket.write(head(path, limit + 1, more))
    await declared.closed
    t.match(declared.answer(), /^HTTP\/1\.1 413 [\s\S]*DYN_BODY_TOO_LARGE/, path)
    const chunked = await open()
    chunked.socket.write(head(path, 'chunked', more))
    await inPieces(chunked.socket, Buffer.alloc(limit + 1, ' '), 50_000, chunkOf)
    await chunked.closed
    t.match(chunked.answer(), /^HTTP\/1\.1 413 [\s\S]*DYN_BODY_TOO_LARGE/, `${path}, in chunks`)
  }
})

t.test('a callback of 128 kB is read', async t => {
  const { open, app } = await serve(t)
  const opened = await app.inject({
    method: 'POST',
    url: '/blocks/hello',
    headers: { authorization: `Bearer ${secret}` },
    payload: ana,
  })
  const payload = buttonOf({ content: opened.json().content } as never, 'Go on')?.payload
  const empty = JSON.stringify({ ...payload, words: '-' })
  const body = empty.replace('"-"', `"${'x'.repeat(131_072 - empty.length + 1)}"`)
  t.equal(body.length, 131_072)
  const { socket, answered, answer } = await open()
  socket.write(head('/blocks/hello/next', body.length) + body)
  await answered()
  t.match(answer(), /^HTTP\/1\.1 200 [\s\S]*"1\d{5}"/)
})

t.test('a path that does not exist reads nothing', async t => {
  const { open } = await serve(t)
  const { socket, answered, answer } = await open()
  socket.write(head('/nowhere', 200_000, 'Content-Type: application/json\r\n'))
  await answered()
  t.match(answer(), /^HTTP\/1\.1 404 [\s\S]*DYN_ROUTE_UNKNOWN/, 'not one byte of the body came')
})

t.test('a body that breaks off gives back what it took', async t => {
  const { open, clock, lines } = await serve(t, { config: { maxBodyBytes: 600_000, maxBodiesBytes: 1_048_576 } })
  const broken = () => lines('warn').filter(({ got }) => got === 'a body that broke off').length
  for (let i = 1; i <= 5; i++) {
    clock.ms += 10_000
    const { socket } = await open()
    socket.write(head('/blocks/hello', 600_000, authorization), () => socket.destroy())
    await until(() => broken() === i)
  }
  const { socket, answered, answer } = await open()
  const body = ana.padEnd(600_000)
  socket.write(head('/blocks/hello', body.length, authorization) + body)
  await answered()
  t.match(answer(), /^HTTP\/1\.1 200 /)
})

t.test('one that is shorter than it says, which no socket can deliver, is refused', async t => {
  const { app } = await serve(t)
  const headers = { authorization: `Bearer ${secret}`, 'content-length': String(ana.length + 1) }
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/blocks/hello', headers, payload: ana })
  t.match([statusCode, JSON.parse(body)], [400, { code: 'DYN_REQUEST_REFUSED', got: 'a body that broke off' }])
})

t.test('beyond the limit of all, strangers give way to whoever comes, and those with a secret to nobody', async t => {
  const { open, app, lines } = await serve(t, { config: { maxBodyBytes: 600_000, maxBodiesBytes: 1_048_576 } })
  const held = await open()
  await held.begin(head('/blocks/hello', 500_000, authorization))
  const strangers = []
  for (let i = 0; i < 4; i++) {
    const stranger = await open()
    await stranger.begin(head('/blocks/hello/next', 131_000))
    strangers.push(stranger)
  }
  // The fifth doesn't fit beside the others.
  const fifth = await open()
  await fifth.begin(head('/blocks/hello/next', 131_000))
  const [oldest, second] = strangers as [(typeof strangers)[0], (typeof strangers)[0]]
  await oldest.closed
  t.match(oldest.answer(), /^HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*retry-after: 2[\s\S]*DYN_BODIES_FULL/i)
  t.equal(second.answer(), '')

  const genuine = await open()
  const body = ana.padEnd(540_000)
  genuine.socket.write(head('/blocks/hello', body.length, authorization) + body)
  await genuine.answered()
  t.match(genuine.answer(), /^HTTP\/1\.1 200 /)
  for (const { closed, answer } of [...strangers, fifth]) {
    await closed
    t.match(answer(), /^HTTP\/1\.1 503 /)
  }

  const another = await open()
  another.socket.write(head('/blocks/hello', 600_000, authorization))
  await another.closed
  t.match(another.answer(), /^HTTP\/1\.1 503 [\s\S]*DYN_BODIES_FULL/, 'before a byte of it is read')
  held.socket.write(ana.padEnd(500_000))
  await held.answered()
  t.match(held.answer(), /^HTTP\/1\.1 200 /)
  t.equal(lines('error').length, 0)
  t.match(await metricsOf(app), 'dynablock_refusals_total{code="DYN_BODIES_FULL"} 6\n')
})

async function inPieces(socket: Socket, body: Buffer, size: number, write: (piece: Buffer) => Buffer): Promise<void> {
  socket.setNoDelay(true)
  for (let at = 0; at < body.length; at += size) {
    // Waiting for each to be taken keeps the kernel from joining all of them.
    await new Promise(resolve => socket.write(write(body.subarray(at, at + size)), resolve))
  }
}

function chunkOf(piece: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
}
