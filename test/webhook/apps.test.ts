import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { defineBlock } from '../../src/blocks/define.ts'
import { findBlock, readDoc } from '../docs.ts'
import { startFakePlatform } from '../fake-platform.ts'
import { ana, build, folderOf, post, secret } from '../helper.ts'

const page = '1234567890123456789'
const appKey = 'canary-app-key-of-the-page'
const getInfo = { body: `{"status":"success","data":{"id":${page},"name":"Page"}}` }
const outOfScope = { status: 401, body: '{"status":"error","message":"Wrong access token"}' }
const authorized = { authorization: `Bearer ${secret}` }

async function setUp(t: Test, config = {}) {
  const platform = await startFakePlatform(t)
  const dataDir = folderOf(t)
  const greeter = defineBlock({
    open: async ({ manychat, contact }) => {
      await manychat.subscriber.addTagByName({ subscriber_id: contact.id, tag_name: 'looked in' })
      return 'Welcome!'
    },
  })
  const built = build(t, { config: { manychatApiUrl: platform.url, dataDir, ...config }, blocks: { greeter } })
  const file = join(dataDir, 'sends.sqlite')
  const kept = () => {
    const store = new Database(file, { readonly: true })
    try {
      return store.prepare('select * from app_keys').all()
    } finally {
      store.close()
    }
  }
  const install = (body: object, headers: Record<string, string> = {}) =>
    post(built.app, '/apps/installed', body, { ...authorized, ...headers })
  return { ...built, platform, kept, install, start }

  /** Starts listening, and waits for the store. */
  async function start(): Promise<void> {
    await built.app.listen({ host: '127.0.0.1', port: 0 })
    while ((await built.app.inject('/readyz')).statusCode !== 200) await sleep(5)
  }
}

t.test('an install proves its key, keeps it, and the page is served with it', async t => {
  const { platform, install, open, kept, log, start } = await setUp(t)
  await start()
  platform.answerWith(getInfo)
  const installed = await install(
    { app_id: 7, app_version: '2', page_id: page, shop: 'mine' },
    { 'x-token-header': appKey },
  )
  t.same([installed.status, installed.json], [200, { status: 'installed', page_id: page }])
  t.match(platform.heard[0], { path: '/fb/page/getInfo', headers: { authorization: `Bearer ${appKey}` } })

  t.equal((await open('greeter', ana)).shown, 'Welcome!')
  t.match(platform.heard[1]?.headers, { authorization: `Bearer ${appKey}` })
  t.equal(platform.heard[1]?.body, '{"subscriber_id":9007199254740993123,"tag_name":"looked in"}')
  t.match(kept(), [{ page, app_id: '7', app_version: '2', uninstalled_at: null }])
  t.notMatch(JSON.stringify(kept()) + log.join(''), /canary|mine/)
})

t.test('the key may be in the payload, or in a header of another name', async t => {
  const { app, platform, install, start } = await setUp(t, { appKeyHeader: 'x-app-key' })
  await start()
  platform.answerWith(getInfo, getInfo, getInfo)
  t.equal((await install({ app_token: appKey })).status, 200)
  t.equal((await install({}, { 'x-app-key': appKey })).status, 200)
  const headers = { ...authorized, 'x-app-key': appKey }
  t.equal((await app.inject({ method: 'POST', url: '/apps/installed', headers })).statusCode, 200, 'without a body')
  t.same(
    platform.heard.map(({ headers }) => headers.authorization),
    [appKey, appKey, appKey].map(key => `Bearer ${key}`),
  )
})

t.test('an install without a key, or with one that was not rendered, is refused', async t => {
  const { install, platform } = await setUp(t)
  for (const headers of [{}, { 'x-token-header': '{{app_token}}' }] as Record<string, string>[]) {
    const { status, json } = await install({ app_token: '{{app_token}}' }, headers)
    t.match([status, json], [400, { code: 'DYN_APP_KEY_MISSING', detail: /x-token-header/ }])
  }
  t.match((await install([])).json, { code: 'DYN_APP_KEY_MISSING', status: 400 }, 'not even an object')
  t.equal(platform.heard.length, 0)
})

t.test('the key of another page is refused', async t => {
  const { install, platform, kept, start } = await setUp(t)
  await start()
  platform.answerWith(getInfo, { body: '{"status":"success","data":{"name":"no id"}}' })
  t.match((await install({ app_token: appKey, page_id: '55' })).json, { code: 'DYN_APP_KEY_REFUSED', status: 400 })
  t.match((await install({ app_token: appKey })).json, { code: 'DYN_APP_KEY_REFUSED', detail: /without a page id/ })
  t.same(kept(), [])
})

t.test('while the store is not open an install is refused, and ManyChat offers to try again', async t => {
  const { install, platform, open } = await setUp(t)
  platform.answerWith(getInfo)
  const { status, json, text } = await install({ app_token: appKey, page_id: page })
  t.match([status, json], [503, { code: 'DYN_STORE_FAILED' }])
  t.notMatch(text, 'canary')
  t.notMatch((await open('greeter', ana)).shown, 'Welcome!')
})

t.test('a key that ManyChat refuses is not kept', async t => {
  const { install, platform } = await setUp(t)
  platform.answerWith(...Array(12).fill(outOfScope))
  const { status, text } = await install({ app_token: appKey, page_id: page })
  t.equal(status, 502)
  t.match(text, 'DYN_MANYCHAT_')
  t.notMatch(text, 'canary')
  t.equal(platform.heard.length, 12, 'tried by each operation once')
})

t.test('a key with characters that no header takes is refused before ManyChat is asked', async t => {
  const { install, platform } = await setUp(t)
  for (const app_token of ['ключ', 'two words', 'tab\t', 'é'.repeat(700)]) {
    t.match((await install({ app_token })).json, { code: 'DYN_APP_KEY_REFUSED', status: 400 })
  }
  t.equal(platform.heard.length, 0)
})

t.test('an app that may not call page.getInfo is installed on the page that the body names', async t => {
  const { platform, install, open, kept, log, start } = await setUp(t)
  await start()
  platform.answerAt('/fb/page/getInfo', outOfScope)
  platform.answerAt('/fb/page/getTags', outOfScope)
  const installed = await install({ app_token: appKey, app_id: 7, page_id: page })
  t.same([installed.status, installed.json], [200, { status: 'installed', page_id: page }])
  const asked = platform.heard.map(({ method, path }) => `${method} ${path}`)
  t.same(asked, ['GET /fb/page/getInfo', 'GET /fb/page/getTags', 'GET /fb/page/getCustomFields'])
  t.match(kept(), [{ page, app_id: '7' }])
  t.match(log.join(''), '"proven":false')
  t.equal((await open('greeter', ana)).shown, 'Welcome!')
})

t.test('of an app that may only send, a call that reaches nobody proves the key', async t => {
  const { platform, install, start } = await setUp(t)
  await start()
  const reads = ['getInfo', 'getTags', 'getCustomFields', 'getFlows', 'getGrowthTools', 'getOtnTopics', 'getBotFields']
  platform.answerWith(...reads.map(() => outOfScope), outOfScope, outOfScope, outOfScope, {
    status: 400,
    body: '{"status":"error","message":"Validation error","details":{"messages":[{"message":"Subscriber does not exist"}]}}',
  })
  t.equal((await install({ app_token: appKey, page_id: page })).status, 200)
  t.match(platform.heard.at(-1), { path: '/fb/sending/sendFlow', body: '{"subscriber_id":0,"flow_ns":"none"}' })
})

t.test('a page that nothing proves has to be named, and by a webhook secret takes over no other key', async t => {
  const { platform, install, start, app } = await setUp(t, { appInstallSecrets: [] })
  await start()
  platform.answerWith(getInfo)
  t.equal((await install({ app_token: appKey })).status, 200)
  platform.answerAt('/fb/page/getInfo', outOfScope)
  for (const [body, expected] of [
    [{ app_token: 'other' }, { status: 400, code: 'DYN_APP_KEY_REFUSED', detail: /no page_id/ }],
    [
      { app_token: '55:other', page_id: '56' },
      { status: 400, code: 'DYN_APP_KEY_REFUSED', detail: /another page/ },
    ],
    [
      { app_token: 'other', page_id: page },
      { status: 403, code: 'DYN_APP_PAGE_UNPROVEN' },
    ],
  ] as const) {
    t.match((await install(body)).json, expected)
  }
  t.equal((await install({ app_token: '55:other', page_id: '55' })).status, 200)
  t.equal((await post(app, '/apps/installed', { app_token: 'x', page_id: '55' })).status, 401)
})

t.test('W3: without a proof, a webhook secret takes over no page that has a key of any kind', async t => {
  const gateway = { matonApiKey: 'maton-key' }
  for (const config of [
    { manychatApiKeys: [`${page}:key`] },
    { ...gateway, matonConnections: new Map([[page, 'c1']]) },
    { ...gateway, matonConnections: new Map<string, string>() },
  ]) {
    const { install, platform } = await setUp(t, config)
    platform.answerAt('/fb/page/getInfo', outOfScope)
    t.match((await install({ app_token: 'other', page_id: page })).json, {
      status: 403,
      code: 'DYN_APP_PAGE_UNPROVEN',
    })
  }
})

t.test('a failure of ManyChat while a key is tried is no proof', async t => {
  const { platform, install } = await setUp(t)
  platform.answerWith(outOfScope, { status: 500, body: '{"status":"exception","message":"Something went wrong"}' })
  const { status, json } = await install({ app_token: appKey, page_id: page })
  t.match([status, json], [502, { code: 'DYN_MANYCHAT_UNINSTALLED' }])
})

t.test('the auth.request of docs/app-keys.md works as it is written there', async t => {
  const installSecret = 'an-install-secret-of-a-test-with-32'
  const { app, platform, kept, start } = await setUp(t, { appInstallSecrets: [installSecret] })
  await start()
  const { request } = JSON.parse(findBlock(readDoc('app-keys.md'), 'json'))
  t.notMatch(JSON.stringify(request), /authorization/i)
  const values: Record<string, string> = { app_token: appKey, app_id: '7', app_version: '2', page_id: page }
  const fill = (text: string) => text.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name] ?? '')
  platform.answerWith(getInfo)
  const { statusCode } = await app.inject({
    method: request.method,
    url: new URL(request.url.replace('<one of APP_INSTALL_SECRETS>', installSecret)).pathname,
    headers: Object.fromEntries(request.headers.map((header: string) => fill(header).split(': '))),
    payload: fill(JSON.stringify(request.payload)),
  })
  t.equal(statusCode, 200)
  t.match(kept(), [{ page, app_id: '7', app_version: '2' }])
})

t.test('only who has a webhook secret may install', async t => {
  const { app, platform } = await setUp(t)
  const { status, json } = await post(app, '/apps/installed', { app_token: appKey })
  t.match([status, json], [401, { code: 'DYN_UNAUTHORIZED' }])
  t.equal(platform.heard.length, 0)
})
