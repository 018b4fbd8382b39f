import t, { type Test } from 'tap'
import { defineBlock } from '../../src/blocks/define.ts'
import type { Config } from '../../src/settings/config.ts'
import { page, serveLate } from '../calls/late-server.ts'
import { folderOf, post, secret } from '../helper.ts'

const appsToken = 'the-token-that-removes-app-keys-32'
const installSecret = 'canary-install-secret-of-32-letters'
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })
const flow = { operation: 'sending.sendFlow', params: { subscriber_id: '7', flow_ns: 'content1' } }
const hello = defineBlock({ open: () => 'Hello' })

async function serve(t: Test, config: Partial<Config> = {}) {
  const apiTokens = [`ops:apps+sends:${appsToken}`]
  const server = await serveLate(t, { dataDir: folderOf(t) }, { hello }, { apiTokens, ...config })
  await server.ready()
  const { app, platform } = server
  const api = async (method: 'GET' | 'DELETE', url: string) => {
    const response = await app.inject({ method, url, headers: bearer(appsToken) })
    return { status: response.statusCode, json: response.json() }
  }
  return { ...server, install, api }

  /** Installs the app on a page, as its owner or a thief does, with a genuine key. */
  function install(id: string, url = '/apps/installed', headers: Record<string, string> = bearer(secret)) {
    platform.answerWith({ body: `{"status":"success","data":{"id":${id}}}` })
    return post(app, url, { app_token: `key-of-${id}`, page_id: id }, headers)
  }
}

t.test('W6: an App Key of another page changes nothing for calls that name none, and can be removed', async t => {
  const { app, platform, install, api, until, log } = await serve(t)
  t.equal((await install('666')).status, 200, 'the key is genuine')
  const sent = await post(app, '/sends', flow, bearer(appsToken))
  t.equal(sent.status, 202)
  await until(() => platform.heard.some(({ path }) => path.endsWith('/sendFlow')))
  t.equal(platform.heard.at(-1)?.headers.authorization, `Bearer ${page}:key`)

  const { json } = await api('GET', '/app-keys')
  t.match(json, { app_keys: [{ page: '666', app_id: null, installed_at: /Z$/, uninstalled_at: null }] })
  t.notMatch(JSON.stringify(json), 'key-of')
  t.same(await api('DELETE', '/app-keys/666'), { status: 200, json: { page: '666' } })
  t.match(await api('DELETE', '/app-keys/666'), { status: 404, json: { code: 'DYN_APP_KEY_UNKNOWN' } })
  t.match(await api('DELETE', '/app-keys/x'), { status: 404, json: { code: 'DYN_APP_KEY_UNKNOWN' } })
  t.same((await api('GET', '/app-keys')).json, { app_keys: [] })
  const refused = await post(app, '/sends', { ...flow, page: '666' }, bearer(appsToken))
  t.match(refused.json, { code: 'DYN_PAGE_KEY_MISSING' }, 'its key is used no more')
  const audit = log.map(line => JSON.parse(line)).filter(({ operation }) => operation === 'removeAppKey')
  t.match(audit, [{ token: 'ops', page: '666' }])
  t.equal(audit.length, 1)
})

t.test('W7: the app is installed on APP_PAGES alone, and only by APP_INSTALL_SECRETS', async t => {
  const { app, install, api, log } = await serve(t, { appPages: ['55'], appInstallSecrets: [installSecret] })
  const at = `/apps/installed/${installSecret}`
  t.match(
    (await post(app, '/apps/installed', { app_token: 'x' }, bearer(secret))).json,
    { status: 403, code: 'DYN_APP_INSTALL_SECRET' },
    'a webhook secret installs nothing',
  )
  t.match((await install('666', at, {})).json, { status: 403, code: 'DYN_APP_PAGE_REFUSED' })
  t.same((await api('GET', '/app-keys')).json, { app_keys: [] })
  t.match((await install('55', at, {})).json, { status: 'installed', page_id: '55' })
  for (const url of [`${at}x`, at.slice(0, -1), '/apps/installed/x', `/apps/installed/${secret}`]) {
    t.match((await post(app, url, { app_token: 'x' })).json, { status: 401, code: 'DYN_UNAUTHORIZED' }, url)
  }
  for (const url of [`${at}/more`, `/Apps/Installed/${installSecret}`, `/apps/installed%2F${installSecret}`]) {
    t.equal((await post(app, url, {})).status, 404, url)
  }
  t.equal((await app.inject({ url: at })).statusCode, 405)
  t.notMatch(log.join(''), 'canary', 'the secret of the address is in no line of the log')
})

t.test('while the store is not open, no App Key is listed or removed', async t => {
  const { app } = await serveLate(t, { dataDir: '/dev/null/nowhere' }, { hello }, { apiTokens: [appsToken] })
  for (const [method, url] of [
    ['GET', '/app-keys'],
    ['DELETE', '/app-keys/1'],
  ] as const) {
    const response = await app.inject({ method, url, headers: bearer(appsToken) })
    t.match(response.json(), { status: 503, code: 'DYN_STORE_FAILED' })
  }
})
