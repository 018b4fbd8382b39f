import { request } from 'node:http'
import t from 'tap'
import { defineBlock } from '../../../src/blocks/define.ts'
import { serveSimulator, token } from './serve.ts'

const hello = defineBlock({ open: () => 'Hello' })

/**
 * Sends a request with the token, as a stranger's page could make the developer's browser do. `fetch` wouldn't allow these
 * headers.
 */
function ask(
  port: number,
  method: string,
  headers: Record<string, string>,
  path = '/simulator/setup',
): Promise<number> {
  const [, named = '80'] = /:(\d+)$/.exec(headers.host ?? '') ?? []
  const cookie = `dynablock-${named}=${token}`
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, method, path, headers: { cookie, ...headers } }, response => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    call.on('error', reject).end(method === 'POST' ? '{"latencyMs":1}' : '')
  })
}

t.test('only names of this machine lead to it', async t => {
  const { port } = await serveSimulator(t, { hello })
  for (const host of [
    'localhost',
    `localhost:${port}`,
    '127.0.0.1:3000',
    '127.1.2.3',
    '[::1]:3000',
    'app.localhost:80',
  ]) {
    t.equal(await ask(port, 'GET', { host }), 200, host)
  }
  for (const host of [
    'blocks.example.com',
    'localhost.example.com',
    'rebind.test:3000',
    '192.168.1.5:3000',
    '127.0.0.1.nip.io',
  ]) {
    t.equal(await ask(port, 'GET', { host }), 403, host)
  }
})

t.test('what comes through a tunnel or proxy is refused', async t => {
  const { port } = await serveSimulator(t, { hello })
  for (const name of [
    'forwarded',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'X-Real-IP',
    'Via',
    'CF-Connecting-IP',
    'CDN-Loop',
  ]) {
    t.equal(await ask(port, 'GET', { host: 'localhost', [name]: 'x' }), 403, name)
    t.equal(await ask(port, 'GET', { host: 'localhost', [name]: 'x' }, '/simulator'), 403, name)
  }
})

t.test('a page of a stranger cannot drive it', async t => {
  const { port } = await serveSimulator(t, { hello })
  const json = { host: 'localhost:3000', 'content-type': 'application/json' }
  const post = (headers: Record<string, string>) => ask(port, 'POST', { ...json, ...headers }, '/simulator/switches')
  t.equal(await post({ origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }), 200)
  t.equal(await post({}), 200, 'curl')
  t.equal(await post({ origin: 'https://evil.test' }), 403)
  t.equal(await post({ origin: 'http://localhost:4000' }), 403, 'another server of this machine')
  t.equal(await post({ origin: 'null' }), 403, 'a sandboxed frame')
  t.equal(await post({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }), 403)
  t.equal(await post({ 'content-type': 'text/plain' }), 415, 'what a form can send')
  t.equal(
    await ask(
      port,
      'GET',
      { host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      '/simulator',
    ),
    200,
    'a link',
  )
})

t.test('the page comes with a policy that keeps it here', async t => {
  const { ask } = await serveSimulator(t, { hello })
  const { status, headers, text } = await ask('GET', '')
  t.equal(status, 200)
  const policy = headers.get('content-security-policy') ?? ''
  t.match(policy, /^default-src 'none';script-src 'self' 'sha256-[\w+/=]+';style-src 'self';/)
  t.notMatch(policy, /unsafe|https?:|\*/)
  t.equal(headers.get('x-content-type-options'), 'nosniff')
  for (const [, path] of text.matchAll(/(?:href|src)="\/simulator([^"]+)"|"(?:\/simulator)(\/vendor[^"]+)"/g)) {
    if (path) t.equal((await ask('GET', path)).status, 200, path)
  }
  for (const path of ['/vendor/preact.js', '/vendor/hooks.js', '/vendor/htm.js']) {
    const { status, headers } = await ask('GET', path)
    t.match({ status, type: headers.get('content-type') }, { status: 200, type: /javascript/ }, path)
  }
  t.equal((await ask('GET', '/vendor/express.js')).status, 404)
  t.equal((await ask('GET', '/assets/../routes.ts')).status, 404)
  t.notMatch(text, /https?:\/\//)
})

t.test(
  'the token in the printed address opens it, and then is a cookie that no page can read or bring along',
  async t => {
    const { app, url, port, cookie, origin } = await serveSimulator(t, { hello })
    const opened = await fetch(url)
    t.equal(opened.status, 200)
    t.equal(opened.headers.get('set-cookie'), `${cookie}; Path=/; HttpOnly; SameSite=Strict`)
    t.equal(opened.headers.get('cache-control'), 'no-store')
    for (const [given, status] of [
      [cookie, 200],
      [`other=1; ${cookie}; more=2`, 200],
      [`dynablock-${port + 1}=${token}`, 401],
      [`x${cookie}`, 401],
      [cookie.slice(0, -1), 401],
      [`dynablock-${port}=`, 401],
      ['', 401],
    ] as const) {
      for (const path of [
        '/simulator',
        '/simulator/setup',
        '/simulator/assets/main.js',
        '/simulator/api/fb/x',
        '/docs/',
      ]) {
        const { headers, ...answer } = await fetch(`${origin}${path}`, { headers: { cookie: given } }).then(
          async response => ({
            status: response.status,
            headers: response.headers,
            code: response.status === 401 && ((await response.json()) as { code?: string }).code,
          }),
        )
        if (status === 401) t.match(answer, { status, code: 'DYN_SIMULATOR_TOKEN' }, `${path} with ${given}`)
        else t.not(answer.code, 'DYN_SIMULATOR_TOKEN', `${path} with ${given}`)
        t.notOk(headers.get('set-cookie'))
      }
    }
    for (const query of ['?token=', '?token=wrong', `?token=x&token=${token}`, `?Token=${token}`]) {
      t.equal((await app.inject(`/simulator/setup${query}`)).statusCode, 401, query)
    }
  },
)

t.test('only sockets of this machine lead to it, unless HOST is set', async t => {
  const from = async (host: string, remoteAddress: string, headers: Record<string, string>) => {
    const { app } = await serveSimulator(t, { hello }, { config: { host } })
    const { statusCode } = await app.inject({
      url: '/simulator/setup',
      remoteAddress,
      headers: { host: 'localhost', ...headers },
    })
    return statusCode
  }
  const known = { cookie: `dynablock-80=${token}` }
  for (const address of ['127.0.0.1', '127.0.0.2', '::1', '::ffff:127.0.0.1']) {
    t.equal(await from('127.0.0.1', address, known), 200, address)
  }
  for (const address of ['192.0.2.7', '172.17.0.1', '::ffff:192.0.2.7', '2001:db8::7']) {
    t.equal(await from('127.0.0.1', address, known), 403, address)
    t.equal(await from('0.0.0.0', address, known), 200, `${address}, as through a port of a container`)
    t.equal(await from('0.0.0.0', address, {}), 401, address)
  }
})

t.test('the docs of the routes need the token too, unless DOCS is on', async t => {
  const closed = await serveSimulator(t, { hello })
  const open = await serveSimulator(t, { hello }, { config: { docs: true } })
  for (const path of ['/docs/', '/openapi.json']) {
    t.equal((await fetch(`${closed.origin}${path}`)).status, 401, path)
    t.equal((await fetch(`${closed.origin}${path}`, { headers: { cookie: closed.cookie } })).status, 200, path)
    t.equal((await fetch(`${open.origin}${path}`)).status, 200, path)
  }
})
