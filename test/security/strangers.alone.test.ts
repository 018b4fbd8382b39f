import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { connect } from 'node:net'
import type { HTTPMethods } from 'fastify'
import t, { type Test } from 'tap'

// Modules take the function when they are loaded, so replace it before importing the server.
const compared: number[] = []
const { timingSafeEqual } = crypto
crypto.timingSafeEqual = (a, b) => {
  compared.push(a.byteLength)
  return timingSafeEqual(a, b)
}
syncBuiltinESMExports()
const { ana, build, buttonOf, folderOf, post, secret } = await import('../helper.ts')
const { defineBlock } = await import('../../src/index.ts')

const token = 'an-api-token-of-this-test-run-0001'
const problem = 'application/problem+json; charset=utf-8'
const ask = defineBlock({
  open: ({ tap }) => ({ messages: [{ type: 'text', text: 'Well?', buttons: [tap('Yes', 'yes')] }] }),
  steps: { yes: () => 'Good' },
})

/** A server in production, with a list of its routes. */
async function production(t: Test, config = {}) {
  const built = build(t, { blocks: { ask }, config: { apiTokens: [token], dataDir: folderOf(t), ...config } })
  const routes: { method: HTTPMethods; url: string }[] = []
  built.app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one as HTTPMethods, url })
  })
  await built.app.ready()
  return { ...built, routes }
}

t.test('A2: the secret is checked before a byte of the body is there', async t => {
  const { app } = await production(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  for (const path of ['/blocks/ask', '/apps/installed', '/sends', '/check']) {
    const head = `POST ${path} HTTP/1.1\r\nHost: b.test\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n`
    t.match(await answerTo(app, `${head}\r\n`), /^HTTP\/1\.1 401 /, `${path}: not one byte of the body came`)
  }
})

t.test('A6: what exists is refused in the same words as what does not', async t => {
  const { app } = await production(t)
  for (const [known, unknown] of [
    ['/blocks/ask', '/blocks/nothing'],
    ['/blocks/ask/yes', '/blocks/ask/no'],
    ['/blocks/ask/yes', '/blocks/nothing/yes'],
    ['/sends/1/retry', '/sends/999999/retry'],
  ] as const) {
    const [first, second] = [await post(app, known, ana), await post(app, unknown, ana)]
    t.equal(second.status, 401)
    t.equal(second.text, first.text, `${known} and ${unknown}`)
  }
})

t.test('A5: secrets and signatures are compared whole, however much of them is right', async t => {
  const { app, open: openBlock, enter } = await production(t, { webhookSecrets: [secret, `${secret}-2`] })
  const wrongFrom = (place: number) => `${secret.slice(0, place)}${secret.slice(place).replace(/./g, '~')}`
  for (const guess of [wrongFrom(0), wrongFrom(secret.length - 1), 'short']) {
    compared.length = 0
    await post(app, '/blocks/ask', ana, { authorization: `Bearer ${guess}` })
    t.same(compared, [secret.length, secret.length + 2], 'each secret, whole')
  }
  const button = buttonOf(await openBlock('ask'), 'Yes')
  const [head, body, signature = ''] = String(button?.payload?.state).split('.')
  const other = signature.startsWith('A') ? 'B' : 'A'
  for (const forged of [`${other}${signature.slice(1)}`, `${signature.slice(0, 20)}${other.repeat(23)}`, signature]) {
    compared.length = 0
    await enter(button, { state: `${head}.${body}.${forged}` })
    t.same(compared, [32], 'the whole signature')
  }
})

t.test('A7: two Authorization headers are refused, also when one is right', async t => {
  const { app } = await production(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const right = `Authorization: Bearer ${secret}`
  for (const headers of [
    [right, 'Authorization: Bearer wrong'],
    ['authorization: Bearer wrong', right],
    [right, right],
  ]) {
    const lines = ['POST /blocks/ask HTTP/1.1', 'Host: b.test', ...headers, `Content-Length: ${ana.length}`, '', ana]
    t.match(await answerTo(app, lines.join('\r\n')), /^HTTP\/1\.1 401 /, headers.join(' | '))
  }
})

t.test('A8: no answer lets a page of another site read it, but that of the schema', async t => {
  const { app, routes } = await production(t)
  const origin = 'https://other.example'
  for (const { method, url } of routes) {
    const asked = { 'access-control-request-method': method, 'access-control-request-headers': 'authorization' }
    const headers = { origin, ...asked, authorization: `Bearer ${secret}` }
    for (const one of [method, 'OPTIONS'] as const) {
      const answer = await app.inject({ method: one, url: fill(url), headers })
      const allowed = Object.keys(answer.headers).filter(name => name.startsWith('access-control-'))
      const isSchema = url === '/schema/content.json' && one !== 'OPTIONS'
      t.same(allowed, isSchema ? ['access-control-allow-origin'] : [], `${one} ${url}`)
      if (one === 'OPTIONS') t.ok(answer.statusCode >= 400, `${url} agrees to no question beforehand`)
    }
  }
})

t.test('A9: a failure tells nothing of the inside', async t => {
  const { app, open: openBlock } = await production(t, { dataDir: '/nowhere/canary-folder' })
  const bearer = { authorization: `Bearer ${secret}` }
  const send = { operation: 'sending.sendFlow', page: '1', params: { subscriber_id: 1, flow_ns: 'x' } }
  const answers = [
    await post(app, '/blocks/ask', ana),
    await post(app, '/blocks/nothing', ana, bearer),
    await post(app, '/blocks/ask', '{', bearer),
    await post(app, '/blocks/ask/nothing', ana),
    await post(app, '/nowhere', ana),
    await post(app, '/blocks/%zz', ana),
    await post(app, '/sends', send, { authorization: `Bearer ${token}` }),
    await post(app, '/sends/1/retry', '', { authorization: `Bearer ${token}` }),
  ]
  t.ok(answers.some(({ status }) => status >= 500))
  for (const { status, text, headers } of answers) {
    t.ok(status >= 400)
    t.equal(headers['content-type'], problem)
    const { expected: _expected, got: _got, remedy: _remedy, ...others } = JSON.parse(text)
    t.same(Object.keys(others), ['code', 'title', 'status', 'detail'])
    t.notMatch(text, /canary|\/src\/|node_modules|\n\s+at |fastify|\d+\.\d+\.\d+/i)
    t.notOk('server' in headers || 'x-powered-by' in headers)
  }
  t.notOk('server' in (await openBlock('ask')).headers)
})

/** The path of a route, with real names for its parameters. */
function fill(url: string): string {
  return url.replace(':block', 'ask').replace(':step', 'yes').replace(':id', '1')
}

/** Sends raw bytes; resolves with the beginning of the answer. */
function answerTo(app: Awaited<ReturnType<typeof production>>['app'], bytes: string): Promise<string> {
  const { port } = app.server.address() as { port: number }
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('error', reject)
    socket.once('data', data => {
      resolve(data.toString())
      socket.destroy()
    })
  })
}
