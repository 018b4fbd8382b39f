import { request } from 'node:http'
import t from 'tap'
import { defineBlock } from '../../../src/blocks/define.ts'
import { serveSimulator } from './serve.ts'

const hello = defineBlock({ open: () => 'Hello' })

/** Sends a request as a stranger's page in a browser would. `fetch` wouldn't allow these headers. */
function ask(
  port: number,
  method: string,
  headers: Record<string, string>,
  path = '/simulator/setup',
): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, method, path, headers }, response => {
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
  for (const name of ['forwarded', 'x-forwarded-for', 'x-forwarded-host']) {
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
  const { url, ask } = await serveSimulator(t, { hello })
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
  t.ok(url)
})
