import { sql } from 'kysely'
import t from 'tap'
import { createAppKeys } from '../../src/manychat/app-keys.ts'
import { createCipher } from '../../src/settings/cipher.ts'
import { createAppKeyStorage } from '../../src/store/app-key-storage.ts'
import type { Store } from '../../src/store/store.ts'
import { onBoth } from '../store/engines.ts'

const page = '1234567890123456789'
const key = `${page}:the-app-key-of-the-page`
const installation = { page, key, app_id: '7', app_version: '2', params: { shop: 'canary shop' } }
const moment = Date.parse('2026-11-21T12:00:00Z')
const stateKey = 'the key that seals states in the tests'

/** The App Keys of a new process on the store. */
async function load(store: Store, stateKeys = [stateKey]) {
  const warnings: object[] = []
  const log = { warn: (details: object) => warnings.push(details) }
  const appKeys = createAppKeys({ cipher: createCipher(stateKeys, 'app keys'), now: () => moment, log })
  await appKeys.load(createAppKeyStorage(store))
  return { ...appKeys, warnings }
}

/** All rows of App Keys in the store. */
async function dump(store: Store): Promise<Record<string, unknown>[]> {
  return (await store.run(db => sql<Record<string, unknown>>`select * from app_keys order by page`.execute(db))).rows
}

t.test('before the store is open no page has a key, and none is taken', async t => {
  const appKeys = createAppKeys({ cipher: createCipher([stateKey], 'app keys'), now: () => moment })
  await appKeys.refresh()
  t.same(appKeys.pages(), [])
  t.equal(appKeys.keyOf(page), null)
  for (const name of ['__proto__', 'constructor', 'toString']) t.equal(appKeys.keyOf(name), null)
  await t.rejects(appKeys.install(installation), { code: 'DYN_STORE_FAILED', status: 503 })
})

onBoth('an App Key survives a restart, encrypted', async (t, { store, open }) => {
  const appKeys = await load(store)
  t.equal(appKeys.keyOf(page), null)
  await appKeys.install(installation)
  t.equal(appKeys.keyOf(page), key)
  t.equal((await load(await open())).keyOf(page), key)
  t.match(await dump(store), [{ page, app_id: '7', app_version: '2', installed_at: moment, uninstalled_at: null }])
  t.notMatch(JSON.stringify(await dump(store)), /the-app-key|canary/)
})

onBoth('a second install replaces the first', async (t, { store }) => {
  const appKeys = await load(store)
  await appKeys.install(installation)
  await appKeys.markUninstalled(page)
  await appKeys.install({ ...installation, key: 'another key' })
  t.equal(appKeys.keyOf(page), 'another key')
  t.match(await dump(store), [{ page, uninstalled_at: null }])
})

onBoth('installs at the same time are all kept', async (t, { store, open }) => {
  const both = [await load(store), await load(await open())]
  const pages = Array.from({ length: 20 }, (_, index) => String(index + 11))
  await Promise.all(pages.map((page, i) => both[i % 2]?.install({ ...installation, page })))
  t.same((await load(store)).pages().sort(), pages)
})

onBoth('what one process installs, the others know once they look', async (t, { store, open }) => {
  const [ours, theirs] = [await load(store), await load(await open())]
  await theirs.install(installation)
  t.equal(ours.keyOf(page), null)
  await ours.refresh()
  t.equal(ours.keyOf(page), key)
  await theirs.install({ ...installation, key: 'another key' })
  await ours.markUninstalled(page)
  t.equal(ours.keyOf(page), 'another key', 'the mark was for the key that is gone')
  t.match(await dump(store), [{ uninstalled_at: null }])
})

onBoth('an uninstall is remembered until the key works again', async (t, { store }) => {
  const appKeys = await load(store)
  await appKeys.markUninstalled(page)
  await appKeys.markWorking(page)
  t.same(await dump(store), [], 'a page that was never installed stays unknown')
  await appKeys.install(installation)
  await appKeys.markUninstalled(page)
  await appKeys.markUninstalled(page)
  t.match(await dump(store), [{ page, uninstalled_at: moment }])
  t.equal(appKeys.keyOf(page), key, 'it may have been a fault of ManyChat')
  await appKeys.markWorking(page)
  t.match(await dump(store), [{ page, uninstalled_at: null }])
})

onBoth('STATE_KEYS rotate: what the old key encrypted is encrypted by the new one', async (t, { store }) => {
  const [old, fresh] = ['the old key of the tests', 'the new key of the tests']
  await (await load(store, [old])).install(installation)
  t.equal((await load(store, [fresh, old])).keyOf(page), key)
  const { keyOf, warnings } = await load(store, [fresh])
  t.equal(keyOf(page), key, 'the old one is no longer needed')
  t.same(warnings, [])
})

onBoth('a key that was lost is told, and keeps nobody from starting', async (t, { store }) => {
  await (await load(store)).install(installation)
  const { keyOf, warnings, install } = await load(store, ['another key of the tests'])
  t.same(warnings, [{ page, code: 'DYN_SECRET_UNREADABLE' }])
  t.throws(() => keyOf(page), { code: 'DYN_SECRET_UNREADABLE' })
  await install(installation)
  t.equal(keyOf(page), key, 'until the app is installed again')
})

t.test('while the store is silent one reading is under way, and one waits behind it', async t => {
  const readings: (() => void)[] = []
  const readChanged = () => new Promise<[]>(resolve => readings.push(() => resolve([])))
  const appKeys = createAppKeys({ cipher: createCipher([stateKey], 'app keys'), now: () => moment })
  const loading = appKeys.load({ readChanged, put: async () => {}, change: async () => {}, remove: async () => false })
  const asked = Array.from({ length: 100 }, () => appKeys.refresh())
  t.equal(readings.length, 1)
  readings[0]?.()
  await loading
  t.equal(readings.length, 2, 'for all who asked meanwhile')
  readings[1]?.()
  await Promise.all(asked)
  t.equal(readings.length, 2)
})

onBoth('a reading that fails is made up for by the next', async (t, { store }) => {
  const storage = createAppKeyStorage(store)
  const appKeys = createAppKeys({ cipher: createCipher([stateKey], 'app keys'), now: () => moment })
  await appKeys.load(storage)
  await appKeys.install(installation)
  await store.run(db => sql`alter table app_keys rename to elsewhere`.execute(db))
  await t.rejects(appKeys.refresh(), { code: 'DYN_STORE_FAILED' })
  await t.rejects(appKeys.install({ ...installation, key: 'another key' }), { code: 'DYN_STORE_FAILED' })
  t.equal(appKeys.keyOf(page), key, 'what was not kept is not used')
  await store.run(db => sql`alter table elsewhere rename to app_keys`.execute(db))
  await appKeys.refresh()
  t.equal(appKeys.keyOf(page), key)
})
