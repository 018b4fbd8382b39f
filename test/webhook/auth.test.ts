import { connect } from 'node:net'
import t from 'tap'
import { ana, build, post, secret } from '../helper.ts'

t.test('the secret opens the block, with the scheme in any case', async t => {
  const { app } = build(t)
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    const { status, shown } = await post(app, '/blocks/hello', ana, { authorization: `${scheme} ${secret}` })
    t.same({ status, shown }, { status: 200, shown: 'Hello' }, scheme)
  }
})

t.test('each of several secrets opens it, so that they can be replaced one by one', async t => {
  const { app } = build(t, { config: { webhookSecrets: ['the-old-secret', 'the-new-secret'] } })
  for (const key of ['the-old-secret', 'the-new-secret']) {
    t.equal((await post(app, '/blocks/hello', ana, { authorization: `Bearer ${key}` })).status, 200)
  }
  t.equal(
    (await post(app, '/blocks/hello', ana, { authorization: 'Bearer the-old-secret,the-new-secret' })).status,
    401,
  )
})

t.test('anything else is 401, and says nothing else', async t => {
  const { app, lines, log } = build(t)
  for (const authorization of [
    undefined,
    '',
    secret,
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    `Bearer ${secret}x`,
    `Bearer ${secret.slice(1)}`,
    `Basic ${secret}`,
    `Bearer ${secret} ${secret}`,
  ]) {
    const answer = await post(app, '/blocks/hello', ana, authorization === undefined ? {} : { authorization })
    t.equal(answer.status, 401, `${authorization}`)
    t.equal(answer.json.code, 'DYN_UNAUTHORIZED')
    t.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8')
    t.equal(answer.headers['www-authenticate'], 'Bearer')
  }
  t.same(lines('error'), [], 'a stranger can not fill the log')
  t.notMatch(log.join(''), secret)
})

t.test('a stranger can not tell which blocks there are', async t => {
  const { app } = build(t, { config: { dev: true } })
  const known = await post(app, '/blocks/hello', ana, { authorization: 'Bearer wrong' })
  const unknown = await post(app, '/blocks/helo', ana, { authorization: 'Bearer wrong' })
  t.equal(unknown.status, 401)
  t.equal(unknown.text, known.text)
  const { date: _, ...headers } = unknown.headers
  t.match(known.headers, headers)
})

t.test('the secret is checked before the body is read', async t => {
  const { app } = build(t, { config: { maxBodyBytes: 1024 } })
  const wrong = { authorization: 'Bearer wrong' }
  t.equal((await post(app, '/blocks/hello', '{"broken', wrong)).status, 401)
  t.equal((await post(app, '/blocks/hello', ana, { ...wrong, 'content-encoding': 'gzip' })).status, 401)
  t.equal((await post(app, '/blocks/hello', 'x'.repeat(5000), wrong)).status, 401)
})

t.test('on the wire', async t => {
  const { app } = build(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const right = `Authorization: Bearer ${secret}`

  t.match(await send(port, [right], ana), /^HTTP\/1\.1 200 /, 'one header is right')
  t.match(await send(port, [right, right], ana), /^HTTP\/1\.1 401 /, 'twice the same is doubled')
  t.match(await send(port, [right, 'authorization: Bearer wrong'], ana), /^HTTP\/1\.1 401 /, 'right, then wrong')
  t.match(await send(port, ['AUTHORIZATION: Bearer wrong', right], ana), /^HTTP\/1\.1 401 /, 'wrong, then right')
  t.match(
    await send(port, ['Authorization: Bearer wrong'], '', 1_000_000_000),
    /^HTTP\/1\.1 401 /,
    'a body that never comes is not waited for',
  )
})

/** Sends raw bytes, since a client library would merge doubled headers; resolves with the beginning of the answer. */
function send(port: number, headers: string[], body: string, length = Buffer.byteLength(body)): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', reject)
    socket.once('data', data => {
      resolve(data.toString())
      socket.destroy()
    })
    const lines = ['POST /blocks/hello HTTP/1.1', 'Host: blocks.test', ...headers, `Content-Length: ${length}`]
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
  })
}
