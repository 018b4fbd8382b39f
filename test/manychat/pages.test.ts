import t, { type Test } from 'tap'
import { createAppKeys } from '../../src/manychat/app-keys.ts'
import { createPages, type PagesOptions } from '../../src/manychat/pages.ts'
import { createCipher } from '../../src/settings/cipher.ts'
import { startFakePlatform } from '../fake-platform.ts'
import { createAppKeyMemory } from './app-key-memory.ts'

async function setUp(t: Test, options: Partial<PagesOptions> = {}) {
  const platform = await startFakePlatform(t)
  const cipher = createCipher(['the key that seals states in the tests'], 'app keys')
  const appKeys = createAppKeys({ cipher, now: () => 0 })
  const { kept, ...storage } = createAppKeyMemory()
  await appKeys.load(storage)
  const warnings: object[] = []
  const log = { debug: () => undefined, warn: (details: object) => warnings.push(details) }
  const pages = createPages({ keys: [], appKeys, baseUrl: platform.url, log, ...options })
  const install = (page: string, key: string) =>
    appKeys.install({ page, key, app_id: null, app_version: null, params: {} })
  return { pages, kept, platform, warnings, install }
}

t.test('each page is called with its own key, by one client', async t => {
  const { pages, platform } = await setUp(t, { keys: ['11:one', '22:two'] })
  await pages.clientFor('22').page.getTags()
  await pages.clientFor('11').page.getTags()
  t.same(
    platform.heard.map(({ headers }) => headers.authorization),
    ['Bearer 22:two', 'Bearer 11:one'],
  )
  t.equal(pages.clientFor('11'), pages.clientFor('11'))
  t.same(pages.configured(), ['11', '22'])
})

t.test('without a page id the only page of the settings serves, wherever the app is installed', async t => {
  const { pages, platform, install } = await setUp(t, { keys: ['11:one'] })
  await install('22', 'two')
  await pages.clientFor(null).page.getTags()
  t.equal(platform.heard[0]?.headers.authorization, 'Bearer 11:one')
  t.equal(pages.pageOf(null), '11')
  t.equal(pages.pageOf('22'), '22')
})

t.test('of several pages the default one serves, or none', async t => {
  const { pages } = await setUp(t, { keys: ['11:one', '22:two'] })
  t.throws(() => pages.clientFor(null), { code: 'DYN_PAGE_UNKNOWN', message: /and 2 pages/ })
  const chosen = await setUp(t, { keys: ['11:one', '22:two'], defaultPage: '22' })
  await chosen.pages.clientFor(null).page.getTags()
  t.equal(chosen.platform.heard[0]?.headers.authorization, 'Bearer 22:two')
})

t.test('where the settings name no page, the only one with the app serves', async t => {
  const { pages, install } = await setUp(t)
  await install('22', 'two')
  t.equal(pages.pageOf(null), '22')
  await install('33', 'three')
  t.throws(() => pages.pageOf(null), { code: 'DYN_PAGE_UNKNOWN', message: /and 2 pages/ })
  const chosen = await setUp(t, { defaultPage: '22' })
  await chosen.install('22', 'two')
  await chosen.install('33', 'three')
  t.equal(chosen.pages.pageOf(null), '22')
  const gateway = await setUp(t, { maton: { key: 'maton-key', connections: new Map() } })
  await gateway.install('33', 'three')
  t.equal(gateway.pages.pageOf(null), null, 'a default connection is a choice too')
})

t.test('a page without a key is an error that says how to configure one', async t => {
  const { pages } = await setUp(t, { keys: ['11:one'] })
  t.throws(() => pages.clientFor('33'), { code: 'DYN_PAGE_KEY_MISSING', message: /page 33.*MANYCHAT_API_KEYS/ })
  const { pages: none } = await setUp(t)
  t.throws(() => none.clientFor(null), { code: 'DYN_PAGE_UNKNOWN', message: /and 0 pages/ })
})

t.test('an installed App Key serves its page, and a new one takes its place', async t => {
  const { pages, platform, install } = await setUp(t)
  await install('22', 'first')
  await pages.clientFor('22').page.getTags()
  await install('22', 'second')
  await pages.clientFor('22').page.getTags()
  t.same(
    platform.heard.map(({ headers }) => headers.authorization),
    ['Bearer first', 'Bearer second'],
  )
})

t.test('an uninstall is noticed and told, and forgotten when the key works again', async t => {
  const { pages, platform, kept, warnings, install } = await setUp(t)
  await install('22', 'key-of-the-app')
  platform.answerWith({ status: 500, body: '{"status":"exception","message":"Something went wrong"}' })
  await t.rejects(pages.clientFor('22').page.getTags(), { code: 'DYN_MANYCHAT_UNINSTALLED' })
  t.equal(kept.get('22')?.uninstalled_at, 0)
  t.match(warnings.at(-1), { page: '22', code: 'DYN_MANYCHAT_UNINSTALLED' })
  await pages.clientFor('22').page.getTags()
  t.equal(kept.get('22')?.uninstalled_at, null)
})

t.test('Maton serves a page by its connection', async t => {
  const maton = await startFakePlatform(t)
  const connections = new Map([['44', 'connection-a']])
  const { pages } = await setUp(t, { maton: { key: 'maton-key', connections, baseUrl: maton.url } })
  await pages.clientFor('44').page.getTags()
  t.match(maton.heard[0]?.headers, { authorization: 'Bearer maton-key', 'maton-connection': 'connection-a' })
  t.throws(() => pages.clientFor('55'), { code: 'DYN_PAGE_KEY_MISSING' })
})

t.test("Maton's default connection serves every page, named or not", async t => {
  const maton = await startFakePlatform(t)
  const { pages } = await setUp(t, { maton: { key: 'maton-key', connections: new Map(), baseUrl: maton.url } })
  await pages.clientFor('44').page.getTags()
  await pages.clientFor(null).page.getTags()
  for (const { headers } of maton.heard) t.notOk('maton-connection' in headers)
  t.equal(maton.heard.length, 2)
})
