import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openAppKeys } from '../../src/manychat/app-keys.ts'
import { createCipher } from '../../src/manychat/cipher.ts'

const key = '1234567890123456789:the-app-key-of-the-page'
const installation = {
  page: '1234567890123456789',
  key,
  app_id: '7',
  app_version: '2',
  params: { shop: 'canary shop' },
}
const moment = Date.parse('2026-11-21T12:00:00Z')

function open(folder: string, stateKeys = ['the key that seals states in the tests']) {
  const file = join(folder, 'data', 'app-keys.json')
  return { file, appKeys: openAppKeys({ file, cipher: createCipher(stateKeys), now: () => moment }) }
}

t.test('an App Key survives a restart, encrypted, in a file for its owner alone', async t => {
  const folder = t.testdir({})
  const { file, appKeys } = open(folder)
  t.equal(appKeys.keyOf(installation.page), null)
  await appKeys.install(installation)
  t.equal(open(folder).appKeys.keyOf(installation.page), key)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.notMatch(readFileSync(file, 'utf8'), 'the-app-key')
  t.notMatch(readFileSync(file, 'utf8'), 'canary')
})

t.test('a second install replaces the first', async t => {
  const { appKeys } = open(t.testdir({}))
  await appKeys.install(installation)
  await appKeys.markUninstalled(installation.page)
  await appKeys.install({ ...installation, key: 'another key' })
  t.equal(appKeys.keyOf(installation.page), 'another key')
  t.same(appKeys.pages(), [{ page: installation.page, uninstalled_at: null }])
})

t.test('installs at the same time are all kept', async t => {
  const folder = t.testdir({})
  const { appKeys } = open(folder)
  const pages = Array.from({ length: 20 }, (_, index) => String(index + 1))
  await Promise.all(pages.map(page => appKeys.install({ ...installation, page })))
  t.same(
    open(folder)
      .appKeys.pages()
      .map(({ page }) => page),
    pages,
  )
})

t.test('an uninstall is remembered until the key works again', async t => {
  const folder = t.testdir({})
  const { appKeys } = open(folder)
  await appKeys.markUninstalled(installation.page)
  t.same(appKeys.pages(), [], 'a page that was never installed stays unknown')
  await appKeys.install(installation)
  await appKeys.markUninstalled(installation.page)
  await appKeys.markUninstalled(installation.page)
  t.same(open(folder).appKeys.pages(), [{ page: installation.page, uninstalled_at: '2026-11-21T12:00:00.000Z' }])
  t.equal(appKeys.keyOf(installation.page), key, 'it may have been a fault of ManyChat')
  await appKeys.markWorking(installation.page)
  t.same(open(folder).appKeys.pages(), [{ page: installation.page, uninstalled_at: null }])
})

t.test('STATE_KEYS rotate: the old key behind the new one still reads', async t => {
  const folder = t.testdir({})
  await open(folder, ['the old key of the tests']).appKeys.install(installation)
  t.equal(open(folder, ['the new key of the tests', 'the old key of the tests']).appKeys.keyOf(installation.page), key)
  t.throws(() => open(folder, ['the new key of the tests']).appKeys.keyOf(installation.page), {
    code: 'DYN_SECRET_UNREADABLE',
  })
})

t.test('a file that is not ours stops the boot', async t => {
  const folder = t.testdir({ data: { 'app-keys.json': '{"1":{}}' } })
  t.throws(() => open(folder), { code: 'DYN_APP_KEYS_FILE', message: /another form/ })
  writeFileSync(join(folder, 'data', 'app-keys.json'), '{ torn')
  t.throws(() => open(folder), { code: 'DYN_APP_KEYS_FILE', message: /another form/ })
  const file = t.testdir({ folder: {} })
  t.throws(() => openAppKeys({ file, cipher: createCipher(['key']), now: () => 0 }), { message: /EISDIR/ })
})

t.test('what can not be written is refused, and not taken for installed', async t => {
  const folder = t.testdir({ data: {} })
  const { file, appKeys } = open(folder)
  rmSync(join(folder, 'data'), { recursive: true })
  writeFileSync(join(folder, 'data'), 'a file where the folder should be')
  await t.rejects(appKeys.install(installation), { code: /EEXIST|ENOTDIR/ })
  t.equal(appKeys.keyOf(installation.page), null)
  rmSync(join(folder, 'data'))
  await appKeys.install(installation)
  t.ok(readFileSync(file, 'utf8'), 'the next write is made')
})

t.test('what a crash left behind is written over', async t => {
  const folder = t.testdir({ data: { 'app-keys.json.new': '{ torn' } })
  await open(folder).appKeys.install(installation)
  t.equal(open(folder).appKeys.keyOf(installation.page), key)
})
