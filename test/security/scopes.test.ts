import t from 'tap'
import { defineBlock } from '../../src/blocks/define.ts'
import { readApiToken, type Scope, scopes } from '../../src/settings/credentials.ts'
import { page, serveLate } from '../calls/late-server.ts'
import { ana, build, buttonOf, folderOf, post } from '../helper.ts'

const shop = 'the-token-of-the-shop-of-32-letters'
const crm = 'the-token-of-the-crm-of-32-letters-'
const bare = 'a-token-of-everybody-of-32-letters-'
const api = (token: string) => ({ authorization: `Bearer ${token}` })
const flow = { operation: 'sending.sendFlow', page, params: { subscriber_id: '7', flow_ns: 'content1' } }
const hello = defineBlock({
  open: ({ tap }) => ({ messages: [{ type: 'text', text: 'Hi', buttons: [tap('Go on', 'next')] }] }),
  steps: { next: () => 'Well done' },
})

/** The routes that each scope opens. */
const routes: Partial<Record<Scope, ['GET' | 'POST' | 'DELETE', string][]>> = {
  sends: [
    ['GET', '/sends'],
    ['POST', '/sends'],
    ['GET', '/sends/1'],
    ['DELETE', '/sends/1'],
    ['POST', '/sends/1/retry'],
  ],
  apps: [
    ['GET', '/app-keys'],
    ['DELETE', '/app-keys/1'],
  ],
  contacts: [
    ['GET', '/contacts/1'],
    ['DELETE', '/contacts/1'],
  ],
  check: [['POST', '/check']],
  metrics: [['GET', '/metrics']],
}

t.test('T6: an API token opens the routes of its scopes, and no others', async t => {
  const secretOf = (scope: Scope) => `the-token-of-the-scope-${scope}`
  const apiTokens = scopes.map(scope => `${scope}-only:${scope}:${secretOf(scope)}`)
  const { app } = build(t, { config: { apiTokens } })
  for (const [scope, urls] of Object.entries(routes)) {
    for (const [method, url] of urls) {
      for (const shown of scopes) {
        const { statusCode, body } = await app.inject({ method, url, headers: api(secretOf(shown)) })
        const isIn = shown === scope || shown === 'all'
        t.equal(statusCode !== 401 && statusCode !== 403, isIn, `${method} ${url} with ${shown}: ${statusCode}`)
        if (!isIn) t.match(JSON.parse(body), { code: 'DYN_TOKEN_SCOPE', detail: new RegExp(`"${scope}"`) })
      }
    }
  }
  t.same(readApiToken(secretOf('all')).scopes, ['all'], 'one that stands alone opens them all')
})

t.test('T7: each change that a token makes is logged with its name', async t => {
  const { app, ready, lines } = await serve(t)
  await ready()
  const made = async (body: unknown, token: string, headers = {}) =>
    (await post(app, '/sends', body, { ...api(token), ...headers })).json.id
  const first = await made({ ...flow, not_before: '2999-01-01T00:00:00Z' }, shop, { 'idempotency-key': 'k' })
  const again = await made({ ...flow, not_before: '2999-01-01T00:00:00Z' }, shop, { 'idempotency-key': 'k' })
  t.equal(again, first)
  await app.inject({ method: 'DELETE', url: `/sends/${first}`, headers: api(crm) })
  const rows = `${JSON.stringify({ ...flow, not_before: '2999-01-01T00:00:00Z' })}\n`.repeat(3)
  const headers = { ...api(bare), 'content-type': 'application/x-ndjson' }
  await app.inject({ method: 'POST', url: '/sends', headers, payload: rows })
  await app.inject({ method: 'POST', url: '/sends', headers, payload: 'nothing\n' })
  await app.inject({ method: 'GET', url: '/sends', headers: api(shop) })
  const audit = lines().filter(({ msg }) => msg === 'changed with an API token')
  t.match(audit, [
    { token: 'shop', operation: 'addSend', send: first, call: /\S/ },
    { token: 'crm', operation: 'cancelSend', send: first },
    { token: 'unnamed', operation: 'addSend', sends: 3, first: /^\d+$/, last: /^\d+$/ },
  ])
  t.equal(audit.length, 3, 'a repetition, a refusal and a look change nothing')
  t.notMatch(JSON.stringify(lines()), /the-token-of|a-token-of/)
})

t.test('every route that a token may change something by logs it', async t => {
  const { app } = build(t)
  const changing: string[] = []
  app.addHook('onRoute', ({ method, url, schema, handler }) => {
    const isOfTokens = JSON.stringify((schema as { security?: unknown })?.security) === '[{"api":[]}]'
    if (!isOfTokens || method === 'GET' || method === 'HEAD' || url === '/check') return
    changing.push(`${method} ${url}`)
    t.match(String(handler), /\baudit/, `${method} ${url}`)
  })
  await app.ready()
  t.ok(changing.length >= 4, changing.join())
})

t.test('T8: an idempotency key is of the token that used it, and of no late reply', async t => {
  const { app, ready, open, platform, until, answer } = await serve(t)
  await ready()
  const ids = new Map<string, string>()
  for (const token of [shop, crm, bare]) {
    for (const key of ['order-7', 'order-7/1', 'late reply']) {
      const { status, json } = await post(app, '/sends', flow, { ...api(token), 'idempotency-key': key })
      t.equal(status, 202, `${key} of ${token}`)
      ids.set(`${token} ${key}`, json.id)
    }
    const headers = { ...api(token), 'content-type': 'application/x-ndjson', 'idempotency-key': 'order-7' }
    const payload = JSON.stringify(flow)
    const line = () => app.inject({ method: 'POST', url: '/sends', headers, payload })
    const { status, id } = JSON.parse((await line()).body)
    t.equal(status, 202, 'a line of a batch is no single send')
    t.match(JSON.parse((await line()).body), { status: 200, id })
  }
  t.equal(new Set(ids.values()).size, 9)
  const batch = { ...api(bare), 'content-type': 'application/x-ndjson', 'idempotency-key': 'shop' }
  const { body } = await app.inject({ method: 'POST', url: '/sends', headers: batch, payload: JSON.stringify(flow) })
  const other = await post(app, '/sends', flow, { ...api(shop), 'idempotency-key': '1' })
  t.equal(other.status, 202, 'a line of a batch whose key is the name of another token')
  t.not(other.json.id, JSON.parse(body).id)
  const repeated = await post(app, '/sends', flow, { ...api(`${shop}2`), 'idempotency-key': 'order-7' })
  t.match(
    [repeated.status, repeated.json.id],
    [200, ids.get(`${shop} order-7`)],
    'a new token of the same name goes on',
  )

  t.equal(await open('slow'), 'One moment')
  answer.resolve('late, and delivered')
  await until(() => platform.heard.some(({ body }) => body.includes('late, and delivered')))
})

t.test('W5: a webhook secret that is limited to blocks enters those, and installs nothing', async t => {
  const limited = 'a-secret-for-one-block-32-letters'
  const { app } = build(t, {
    config: { webhookSecrets: ['of-all-blocks', `${limited}@hello`] },
    blocks: { hello, other: hello },
  })
  const opened = await post(app, '/blocks/hello', ana, api(limited))
  t.equal(opened.shown, 'Hi')
  const { state } = { ...buttonOf(opened, 'Go on')?.payload }
  t.equal((await post(app, '/blocks/hello/next', { state })).shown, 'Well done')
  const refused = await post(app, '/blocks/other', ana, api(limited))
  t.match([refused.status, refused.json], [403, { code: 'DYN_SECRET_LIMITED' }])
  t.equal((await post(app, '/blocks/nothing', ana, api(limited))).text, refused.text, 'whether it exists is not told')
  t.equal((await post(app, '/apps/installed', { app_token: 'x' }, api(limited))).status, 403)
  t.equal((await post(app, '/blocks/other', ana, api(`${limited}@hello`))).status, 401)
  t.equal((await post(app, '/blocks/other', ana, api('of-all-blocks'))).shown, 'Hi')
})

async function serve(t: Parameters<typeof serveLate>[0]) {
  const answer = Promise.withResolvers<string>()
  const slow = defineBlock({ waiting: 'One moment', open: () => answer.promise })
  const apiTokens = [`shop:sends:${shop}`, `shop:sends:${shop}2`, `crm:sends:${crm}`, bare]
  const server = await serveLate(t, { dataDir: folderOf(t) }, { hello, slow }, { apiTokens })
  const lines = () => server.log.map(line => JSON.parse(line)).filter(({ level }) => level === 30)
  return { ...server, lines, answer }
}
