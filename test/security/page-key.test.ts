import t, { type Test } from 'tap'
import { defineBlock } from '../../src/blocks/define.ts'
import { page, serveLate } from '../calls/late-server.ts'
import { startFakePlatform } from '../fake-platform.ts'
import { ana, build, folderOf, post } from '../helper.ts'

const token = 'an-api-token-of-this-test-run-0001'
const api = { authorization: `Bearer ${token}` }
const flow = { operation: 'sending.sendFlow', page, params: { subscriber_id: '7', flow_ns: 'content1' } }
const hello = defineBlock({ open: () => 'Hello' })

t.test('P2: a key of a page opens nothing here', async t => {
  const key = `${page}:a-key-of-the-page`
  const { app } = build(t, { config: { manychatApiKeys: [key], apiTokens: [token] } })
  for (const shown of [key, 'a-key-of-the-page']) {
    for (const path of ['/blocks/hello', '/apps/installed', '/sends', '/sends/1/retry', '/check']) {
      t.equal((await post(app, path, ana, { authorization: `Bearer ${shown}` })).status, 401, path)
    }
  }
})

t.test('P3: a key of a page follows no redirect', async t => {
  const [platform, elsewhere] = [await startFakePlatform(t), await startFakePlatform(t)]
  const tags = defineBlock({ open: ({ manychat }) => manychat.page.getTags().then(() => 'Hello') })
  const config = { manychatApiKeys: [`${page}:key`], manychatApiUrl: platform.url }
  const { open } = build(t, { blocks: { tags }, config })
  for (const status of [301, 302, 307, 308]) {
    platform.answerWith({ status, headers: { location: `${elsewhere.url}/fb/page/getTags` } })
    t.notMatch((await open('tags', ana)).shown, 'Hello')
  }
  t.equal(platform.heard.length, 4)
  t.equal(elsewhere.heard.length, 0)
})

t.test('P4: while a key of a page is replaced, what ManyChat does not authorize waits', async t => {
  const dataDir = folderOf(t)
  const before = await serveLate(t, { dataDir }, { hello }, { apiTokens: [token] })
  await before.ready()
  before.platform.answerWith({ status: 401, body: '{"status":"error","message":"Wrong access token"}' })
  const { json } = await post(before.app, '/sends', flow, api)
  await before.until(async () => (await show(before, json.id)).last_error !== null)
  t.match(await show(before, json.id), { state: 'waiting', attempts: 1 })
  await before.app.close()

  const manychatApiKeys = [`${page}:the-new-key`]
  const after = await serveLate(t, { dataDir }, { hello }, { apiTokens: [token], manychatApiKeys })
  await after.until(async () => (await show(after, json.id)).state === 'done')
  t.equal(after.platform.heard.at(-1)?.headers.authorization, `Bearer ${page}:the-new-key`)
})

async function show({ app }: Awaited<ReturnType<typeof serveLate>>, id: string) {
  const response = await app.inject({ url: `/sends/${id}`, headers: api })
  return response.json()
}

t.test('T3: an API token reaches no other host', async t => {
  const elsewhere = await startFakePlatform(t)
  const server = await startSends(t)
  const { host } = new URL(elsewhere.url)
  for (const body of [
    { ...flow, operation: `../../${host}/x` },
    { ...flow, operation: 'template.generateSingleUseLink' },
    { ...flow, operation: 'constructor' },
    { ...flow, page: `1@${host}` },
    { ...flow, baseUrl: elsewhere.url },
    { ...flow, params: { ...flow.params, baseUrl: elsewhere.url } },
  ]) {
    t.equal((await post(server.app, '/sends', body, api)).status, 400, JSON.stringify(body))
  }
  const taken = { ...flow, params: { ...flow.params, flow_ns: `${elsewhere.url}/../../x` } }
  t.equal((await post(server.app, '/sends', taken, api)).status, 202)
  await server.until(() => server.platform.heard.length > 0)
  t.same(
    server.platform.heard.map(({ path }) => path),
    ['/fb/sending/sendFlow'],
  )
  t.equal(elsewhere.heard.length, 0)
})

t.test('T4: a list shows no text of a message, one send does', async t => {
  const { app } = await startSends(t, { dryRun: true })
  const content = { messages: [{ type: 'text', text: 'canary' }] }
  const params = { subscriber_id: '7', data: { version: 'v2', content } }
  // Once it is done, nobody is shown its text.
  const not_before = new Date(Date.now() + 3_600_000).toISOString()
  const { json, text } = await post(app, '/sends', { operation: 'sending.sendContent', page, params, not_before }, api)
  const list = await app.inject({ url: '/sends', headers: api })
  t.equal(list.json().sends.length, 1)
  t.notMatch(text + list.body, 'canary')
  t.match((await app.inject({ url: `/sends/${json.id}`, headers: api })).body, 'canary')
})

t.test('T5: without API_TOKENS what needs one is closed to everybody', async t => {
  for (const authorization of ['', 'Bearer', 'Bearer ', 'Bearer undefined', 'Bearer null']) {
    const { app } = build(t, { config: { apiTokens: [] } })
    for (const [method, url] of [
      ['GET', '/sends'],
      ['POST', '/sends'],
      ['GET', '/sends/1'],
      ['POST', '/check'],
      ['GET', '/app-keys'],
      ['GET', '/metrics'],
    ] as const) {
      t.equal((await app.inject({ method, url, headers: { authorization } })).statusCode, 401, `${method} ${url}`)
    }
  }
})

async function startSends(t: Test, config = {}) {
  const server = await serveLate(t, { dataDir: folderOf(t) }, { hello }, { apiTokens: [token], ...config })
  await server.ready()
  return server
}
