import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { connectionLimits } from '../../src/ops/connections.ts'
import { ana, build, type Overrides, post, secret } from '../helper.ts'
import { until } from '../until.ts'

const call = `POST /blocks/hello HTTP/1.1\r\nHost: b.test\r\nAuthorization: Bearer ${secret}\r\nContent-Length: ${ana.length}\r\n\r\n${ana}`

t.test('O1: a body that is too large, too deep, or reaches a prototype is refused', async t => {
  const { open } = build(t, { config: { maxBodyBytes: 2048 } })
  t.equal((await open('hello', `{"id":1,"text":"${'x'.repeat(3000)}"}`)).status, 413)
  t.equal((await open('hello', `{"id":1,"a":${'['.repeat(40)}${']'.repeat(40)}}`)).status, 400)
  t.equal((await open('hello', '{"id":1,"__proto__":{"admin":true}}')).status, 400)
  t.equal((await open('hello', '{"id":1,"constructor":{"prototype":{"admin":true}}}')).status, 400)
  t.notOk('admin' in {})
})

t.test('O2: a flood of strangers writes a few lines', async t => {
  const { app, log } = build(t, { config: { logLevel: 'info' } })
  for (let i = 0; i < 500; i++) await post(app, '/blocks/hello', ana, { authorization: `Bearer wrong-${i}` })
  t.ok(log.length <= 3, `${log.length} lines`)
  t.equal((await post(app, '/blocks/hello', ana, { authorization: `Bearer ${secret}` })).status, 200)
})

t.test('O3: who fails too often is turned away, who has the secret is not', async t => {
  const { app } = build(t)
  const call = async (shown: string) =>
    (await post(app, '/blocks/hello', ana, { authorization: `Bearer ${shown}` })).status
  for (let i = 0; i < 100; i++) await call(`guess-${i}`)
  t.equal(await call('one-more-guess'), 429)
  t.equal(await call(secret), 200)
})

t.test('O4: what is slow or silent is closed, and a stranger’s connection gives way to the next one', async t => {
  const { app } = build(t)
  await app.ready()
  const { headersTimeout, requestTimeout, timeout } = app.server
  t.same([headersTimeout, requestTimeout, timeout, connectionLimits.count], [5000, 10_000, 30_000, 10_000])

  const { connectTo } = await listening(t, { limits: { count: 20 } })
  const held = await connectTo()
  t.match(await held(call), /^HTTP\/1\.1 200 /)
  for (let i = 0; i < 100; i++)
    t.match(await (await connectTo())('GET /healthz HTTP/1.1\r\nHost: b\r\n\r\n'), /^HTTP\/1\.1 200 /)
  t.match(await (await connectTo())(call), /^HTTP\/1\.1 200 /, 'a call on a new connection')
  t.match(await held(call), /^HTTP\/1\.1 200 /, 'and on one that had carried a call before')
})

t.test('O5: bodies that strangers never finish take a bounded memory, and make room for calls', async t => {
  const { connectTo } = await listening(t, { config: { maxBodyBytes: 131_072, maxBodiesBytes: 1_048_576 } })
  const unfinished = `POST /blocks/hello/next HTTP/1.1\r\nHost: b.test\r\nContent-Length: 131072\r\n\r\n{`
  const answers: string[] = []
  for (let i = 0; i < 30; i++) void (await connectTo())(unfinished).then(answer => answers.push(answer))
  await until(() => answers.length === 22)
  t.match(await (await connectTo())(call), /^HTTP\/1\.1 200 /)
  await until(() => answers.length === 23)
  for (const answer of answers) t.match(answer, /^HTTP\/1\.1 503 [\s\S]*DYN_BODIES_FULL/)
})

t.test('O6: the body of a callback is parsed only once its seal holds', async t => {
  const { app } = build(t)
  const { parse } = JSON
  const parsed: string[] = []
  t.teardown(() => {
    JSON.parse = parse
  })
  JSON.parse = (text: string, ...more) => {
    parsed.push(text)
    return parse(text, ...more)
  }
  const payload = `{"canary":[${'1,'.repeat(1000)}`
  for (const body of [payload, `${payload}1]}`, `{"state":"a.b.c",${payload.slice(1)}`]) {
    const { statusCode } = await app.inject({ method: 'POST', url: '/blocks/hello/next', payload: body })
    t.equal(statusCode, 401)
  }
  t.same(
    parsed.filter(text => text.includes('canary')),
    [],
  )
})

t.test('O7: a stranger’s body in many small chunks is cut off, read or not, and a caller’s is accepted', async t => {
  // Nothing else closes these connections before the test ends.
  const { connectTo } = await listening(t, { limits: { requestMs: 600_000, silentMs: 600_000 } })
  const head = (path: string, more = '') =>
    `POST ${path} HTTP/1.1\r\nHost: b.test\r\n${more}Transfer-Encoding: chunked\r\n\r\n`
  const pieces = (text: string, count: number) =>
    [...text].map(character => `1\r\n${character}\r\n`).join('') + '1\r\n \r\n'.repeat(count)
  for (const path of ['/blocks/hello/next', '/blocks/hello', '/nothing', '/healthz']) {
    const { socket } = await connectTo()
    const closed = new Promise(resolve => socket.once('close', resolve))
    socket.write(head(path) + pieces('{', 999))
    // The body of a callback is read before it is answered.
    if (path !== '/blocks/hello/next') await new Promise(resolve => socket.once('data', resolve))
    socket.write(pieces('', 1))
    await closed
  }

  const called = await connectTo()
  const authorization = `Authorization: Bearer ${secret}\r\n`
  t.match(await called(`${head('/blocks/hello', authorization)}${pieces(ana, 5000)}0\r\n\r\n`), /^HTTP\/1\.1 200 /)
  const small = await connectTo()
  t.match(await small(`${head('/blocks/hello/next')}${pieces('{}', 500)}0\r\n\r\n`), /^HTTP\/1\.1 401 /)
})

async function listening(t: Test, overrides: Overrides) {
  const { app } = build(t, overrides)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  /** A connection: sends text, and resolves with the beginning of the answer. */
  const connectTo = async () => {
    const socket = connect(port, '127.0.0.1')
      .setEncoding('utf8')
      .on('error', () => {})
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    const talk = async (text: string): Promise<string> => {
      const answer = once(socket, 'data')
      socket.write(text)
      return (await answer)[0]
    }
    return Object.assign(talk, { socket })
  }
  return { connectTo }
}
