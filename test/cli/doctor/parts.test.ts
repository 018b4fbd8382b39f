import t from 'tap'
import { examineBlocks } from '../../../src/cli/doctor/blocks.ts'
import { examineChatfuel } from '../../../src/cli/doctor/chatfuel.ts'
import { createClockWatch } from '../../../src/cli/doctor/clock.ts'
import { findingsOf } from '../../../src/cli/doctor/finding.ts'
import { examineMaton } from '../../../src/cli/doctor/maton.ts'
import { examineNode } from '../../../src/cli/doctor/node-version.ts'
import { examinePages } from '../../../src/cli/doctor/pages.ts'
import { examineSettings } from '../../../src/cli/doctor/settings.ts'
import { createRateLimits } from '../../../src/outbound/limits.ts'
import { Settings } from '../../../src/settings/settings.ts'
import { startFakePlatform } from '../../fake-platform.ts'
import { folderOf } from '../../helper.ts'

const timeoutMs = 60_000

t.test('settings: what is refused now, and what production would refuse', async t => {
  const { findings, config } = examineSettings({
    NODE_ENV: 'development',
    PORT: '70000',
    STATE_KEYS: 'short',
    DATA_DIR: '/data',
    X: undefined,
  })
  t.match(findings, [
    { level: 'problem', subject: 'PORT', got: '"70000"', remedy: 'Set the port to listen on.' },
    { level: 'warning', subject: 'PUBLIC_URL', expected: /, in production$/ },
    { level: 'warning', subject: 'WEBHOOK_SECRETS' },
    { level: 'warning', subject: 'STATE_KEYS', got: 'one of 5 characters' },
  ])
  t.match(config, { port: 3000, stateKeys: ['short'], dataDir: '/data' })
  const same = 'aXcVbNmQwErTyUiOp12aXcVbNmQwErTyUiOp12'
  const production = { NODE_ENV: 'production', PUBLIC_URL: 'https://x.test' }
  const { findings: refused } = examineSettings({ ...production, WEBHOOK_SECRETS: same, STATE_KEYS: same })
  t.match(refused, [{ level: 'problem', subject: 'STATE_KEYS', got: 'one of WEBHOOK_SECRETS' }])
  const { findings: file } = examineSettings({
    NODE_ENV: 'development',
    STATE_KEYS_FILE: '/nowhere/at-all',
    STATE_KEYS: same,
  })
  t.ok(file.filter(({ level }) => level === 'problem').every(({ subject }) => /^STATE_KEYS/.test(subject)))
  const { findings: good } = examineSettings({ ...production, WEBHOOK_SECRETS: same, STATE_KEYS: `${same}x` })
  t.match(good, [{ level: 'ok', got: 'production' }])
  const { findings: unset } = examineSettings({})
  t.match(unset, [{ level: 'problem', subject: 'NODE_ENV', remedy: /^Set NODE_ENV=development/ }])
  const { findings: misspelt } = examineSettings({ NODE_ENV: 'development', REPLY_WITHIN: '4000' })
  t.match(
    misspelt.find(({ subject }) => subject === 'REPLY_WITHIN'),
    { level: 'warning', got: 'another one, which nothing reads', remedy: 'Did you mean REPLY_WITHIN_MS?' },
  )
})

t.test('settings: each refusal can be read', async t => {
  for (const [name, { remedy }] of Object.entries(Settings.properties)) t.match(remedy, /^[A-Z].*\S$/, name)
})

t.test('node: versions are compared as numbers', async t => {
  for (const [version, level] of [
    ['v24.0.0', 'ok'],
    ['v22.18.0', 'ok'],
    ['v22.9.0', 'problem'],
    ['v20.19.0', 'problem'],
  ]) {
    t.match(examineNode(version as string), [{ level, got: version }])
  }
})

t.test('blocks: each file that is refused, with reason and remedy', async t => {
  const folder = folderOf(t, {
    'broken.ts': 'nonsense(',
    'none.ts': 'export const x = 1',
    'good.json': '{"messages":[{"type":"text","text":"Hi"}]}',
  })
  t.match(await examineBlocks(folder, true), [
    { level: 'problem', subject: `${folder}/broken.ts`, got: /^it does not load/ },
    { level: 'problem', subject: `${folder}/none.ts`, got: 'it exports no block', remedy: /^Add: export default/ },
  ])
  t.match(await examineBlocks('/nowhere/at-all', true), [{ level: 'problem', got: /can’t be read/ }])
})

t.test('blocks: a JSON block that is not shown as meant', async t => {
  const text = 'longer than any channel shows '.repeat(150)
  const folder = folderOf(t, { 'x.json': JSON.stringify({ messages: [{ type: 'text', text }] }) })
  t.match(await examineBlocks(folder, true), [
    { level: 'ok', got: 'x' },
    { level: 'warning', subject: `${folder}/x.json` },
  ])
})

t.test('chatfuel: bots, and those that are listed twice', async t => {
  t.same(examineChatfuel([]), [])
  const findings = examineChatfuel(['b1:canary', 'b1:canary2@https://x.test', 'b1:canary3'])
  t.match(findings, [
    { level: 'ok', got: /^b1 \(version 1\), b1 \(version 2\)/ },
    { level: 'warning', expected: 'b1 (version 1) once' },
  ])
  t.notMatch(JSON.stringify(findings), 'canary')
})

t.test('clock: by the header of what answers', async t => {
  const platform = await startFakePlatform(t)
  for (const [now, expected] of [
    [0, { level: 'ok' }],
    [10_000, { level: 'warning', got: 'one that is 10 s ahead' }],
    [-60_000, { level: 'warning', got: 'one that is 60 s behind' }],
  ] as const) {
    platform.answerWith({ headers: { date: new Date(0).toUTCString() } })
    const watch = createClockWatch(fetch, () => now)
    t.same(watch.examine(), [])
    await watch.fetch(platform.url)
    t.match(watch.examine(), [expected])
  }
})

t.test('maton: connections that are active, and those that are not', async t => {
  const platform = await startFakePlatform(t)
  const outbound = { fetch: rerouted(platform.url), timeoutMs }
  const matonApiKey = 'canary-maton'
  const list = { body: '{"connections":[{"connection_id":"c1","status":"ACTIVE"}]}' }
  const none = { body: '{"connections":[]}' }
  const matonConnections = new Map([
    ['1', 'c1'],
    ['2', 'c2'],
  ])
  t.same(await examineMaton({ matonApiKey: undefined, matonConnections }, outbound), [])
  platform.answerWith(list, list, none, { status: 401, body: '{"message":"no canary-maton"}' })
  t.match(await examineMaton({ matonApiKey, matonConnections }, outbound), [
    { level: 'ok', subject: 'connection of page 1' },
    { level: 'problem', subject: 'connection of page 2', got: 'one that is not' },
  ])
  t.match(await examineMaton({ matonApiKey, matonConnections: new Map() }, outbound), [{ level: 'ok', got: '1' }])
  t.match(await examineMaton({ matonApiKey, matonConnections: new Map() }, outbound), [{ level: 'problem' }])
  const refused = await examineMaton({ matonApiKey, matonConnections }, outbound)
  t.match(refused, [{ level: 'problem', got: /^Maton key refused/, remedy: /Copy it again/ }])
  t.notMatch(JSON.stringify(refused), 'canary')
})

t.test('pages: a key before an App Key, and that before a connection', async t => {
  const platform = await startFakePlatform(t)
  const outbound = { fetch: rerouted(platform.url), limits: createRateLimits(), timeoutMs }
  const config = {
    manychatApiKeys: ['1:key'],
    manychatApiUrl: platform.url,
    matonApiKey: 'maton-key',
    matonConnections: new Map(['1', '2', '3'].map(page => [page, `c${page}`])),
  }
  const appKeys = new Map(['1', '2'].map(page => [page, `app-${page}`]))
  await examinePages({ config, appKeys, kinds: new Set(), outbound })
  const keys = platform.heard.map(({ headers }) => `${headers.authorization} ${headers['maton-connection'] ?? ''}`)
  t.same(keys.sort(), ['Bearer 1:key ', 'Bearer app-2 ', 'Bearer maton-key c3'])
  platform.answerAt('/manychat/fb/page/getInfo', { body: '{"status":"success","data":{"id":77}}' })
  const gateway = { ...config, manychatApiKeys: [], matonConnections: new Map() }
  const { findings, pages } = await examinePages({ config: gateway, appKeys: new Map(), kinds: new Set(), outbound })
  t.match(findings, [{ level: 'ok', subject: 'page of the default connection', got: 'them, as "without a name"' }])
  t.match(pages, [{ page: '77', tag: null }])
})

t.test('pages: an app that may not ask for its page is a warning, and its lists are read', async t => {
  const platform = await startFakePlatform(t)
  platform.answerAt('/fb/page/getInfo', {
    status: 401,
    body: '{"status":"error","message":"Wrong access token"}',
  })
  platform.answerAt('/fb/page/getTags', { body: '{"status":"success","data":[{"id":1,"name":"VIP"}]}' })
  const { findings, pages } = await examinePages({
    config: {
      manychatApiKeys: [],
      manychatApiUrl: platform.url,
      matonApiKey: undefined,
      matonConnections: new Map(),
    },
    appKeys: new Map([['55', 'app-key']]),
    kinds: new Set(['tag'] as const),
    outbound: { fetch, limits: createRateLimits(), timeoutMs },
  })
  t.match(findings, [{ level: 'warning', subject: 'page 55', remedy: /page\.getInfo/ }])
  t.match(pages, [{ page: '55', tag: new Map([['VIP', undefined]]) }])
})

t.test('what is no error of ours is told by its code', async t => {
  const { failed } = findingsOf('pages')
  t.match(failed('x', 'an answer', Object.assign(new Error('canary'), { code: 'EIO' })), {
    got: 'EIO',
    level: 'problem',
  })
  t.match(failed('x', 'an answer', new TypeError('canary')), { got: 'TypeError' })
})

/** A fetch that sends every request to the platform. */
function rerouted(url: string): typeof fetch {
  return (target, init) => fetch(String(target).replace(/^https?:\/\/[^/]+/, url), init)
}
