import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { examinePublicUrl, explainUnreachable } from '../../../src/cli/doctor/public-url.ts'
import { startFakePlatform } from '../../fake-platform.ts'
import { build, stateKey } from '../../helper.ts'

const signal = AbortSignal.timeout(60_000)

function examine(publicUrl: string, stateKeys = [stateKey], isSet = true) {
  const config = { publicUrl, stateKeys: stateKeys as [string] }
  return examinePublicUrl({ config, isSet, fetch, now: Date.now, signal })
}

async function listen(t: Test): Promise<string> {
  const { app } = build(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

t.test('a server with these keys, and one with others', async t => {
  const url = await listen(t)
  t.match(await examine(url), [{ level: 'ok' }, { level: 'ok', expected: /STATE_KEYS/ }])
  t.match(await examine(url, ['another-key-that-this-server-has-not']), [
    { level: 'ok' },
    { level: 'problem', got: 'a dynablock with other keys', remedy: /Restart/ },
  ])
  t.match(await examine(url, []), [{ level: 'ok' }, { level: 'skipped', got: /makes its own/ }])
  t.match(await examine(url, [], false), [{ level: 'warning', expected: 'PUBLIC_URL', got: 'nothing' }, {}])
})

t.test('what is no dynablock', async t => {
  const platform = await startFakePlatform(t)
  for (const [answer, got] of [
    [
      { status: 301, headers: { location: 'https://www.example.com/healthz?x=canary' } },
      'a redirect to https://www.example.com',
    ],
    [{ status: 302, headers: { location: 'https://' } }, 'a redirect to elsewhere'],
    [{ status: 502, body: '<html>' }, 'HTTP 502 of another server'],
    [{ body: '{"status":"up"}' }, 'HTTP 200 of another server'],
  ] as const) {
    platform.answerWith(answer)
    t.match(await examine(platform.url), [{ level: 'problem', got }])
  }
  platform.answerWith({ body: '{"status":"ok"}' }, { status: 404 })
  t.match(await examine(platform.url), [{ level: 'ok' }, { level: 'problem', got: 'HTTP 404' }])
  platform.answerWith({ body: '{"status":"ok"}' }, { fault: 'reset' })
  t.match(await examine(platform.url), [{ level: 'problem', expected: /alive/ }])
  t.match(platform.heard.at(-1), { method: 'POST', path: '/blocks/doctor/doctor' })
  t.notMatch(JSON.stringify(platform.heard), stateKey, 'no secret leaves')
})

t.test('nobody there, and no TLS there', async t => {
  const platform = await startFakePlatform(t)
  t.match(await examine(platform.url.replace('http:', 'https:')), [{ level: 'problem', got: /no TLS there/ }])
  t.match(await examine('http://127.0.0.1:2'), [{ level: 'problem', got: 'a refused connection' }])
  t.match(await examine('http://127.0.0.1:2', [stateKey], false), [{ level: 'warning' }])
  platform.answerWith({ fault: 'reset' })
  t.match(await examine(platform.url), [{ level: 'problem', got: /SOCKET|ECONNRESET/ }])
})

t.test('what Node says of certificates and names', async t => {
  for (const [code, got] of [
    ['CERT_HAS_EXPIRED', /a certificate that is refused \(CERT_HAS_EXPIRED\)/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /a certificate that is refused/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /a certificate that is refused/],
    ['ENOTFOUND', /no such host/],
    ['EAI_AGAIN', /no such host/],
  ] as const) {
    const error = new TypeError('fetch failed', { cause: Object.assign(new Error('canary'), { code }) })
    t.match(explainUnreachable(error), [got, /./])
  }
  t.equal(explainUnreachable(new TypeError('x', { cause: new Error('bad port') }))[0], 'bad port')
  t.equal(explainUnreachable(new DOMException('x', 'TimeoutError'))[0], 'TimeoutError')
})
