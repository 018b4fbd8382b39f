import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import t from 'tap'
import { examineAppKeys } from '../../../src/cli/doctor/app-keys.ts'
import { examineStore, judgeCommits } from '../../../src/cli/doctor/store.ts'
import { createQueue } from '../../../src/queue/queue.ts'
import { createCipher } from '../../../src/settings/cipher.ts'
import { createAppKeyStorage } from '../../../src/store/app-key-storage.ts'
import { newestVersion } from '../../../src/store/migrations.ts'
import { openStore } from '../../../src/store/store.ts'
import { onPostgres } from '../../needs.ts'
import { addressOf, folder, onBoth, schemaOptions } from '../../store/engines.ts'

const key = 'a-state-key-that-encrypts-in-this-test'
const databaseUrl = undefined
/** Settings of a server that has App Keys and nothing else. */
const alone = { stateKeys: [key], defaultPage: undefined, manychatApiKeys: [], matonApiKey: undefined }

onBoth('a store in use is looked at, with the App Keys in it', async (t, { options, store }) => {
  const installation = { page: '55', app_id: null, app_version: null, installed_at: 1, uninstalled_at: null }
  const sealed = createCipher([key], 'app keys').encrypt(JSON.stringify({ key: 'app-key', params: {} }), '55')
  const storage = createAppKeyStorage(store)
  await storage.put({ ...installation, sealed })
  await storage.put({
    ...installation,
    page: '56',
    sealed: createCipher([key], 'app keys').encrypt('{"key":"k"}', '56'),
    uninstalled_at: 2,
  })
  await storage.put({ ...installation, page: '57', sealed })
  t.ok(await storage.remove('57'), 'what is removed is no more to be seen')
  t.notOk(await storage.remove('57'))
  const before = filesOf(options.dataDir)
  const { findings, installations } = await examineStore(addressOf(options))
  const commits = { level: 'ok', expected: 'commits that survive a crash', got: 'synchronous_commit on' }
  const ofStore = { level: 'ok', expected: `a store of version ${newestVersion} that can be written` }
  t.match(findings, options.databaseUrl === undefined ? [ofStore] : [ofStore, commits])
  const examined = examineAppKeys(installations, { ...alone, stateKeys: ['another-key-than-that', key] })
  t.same(
    examined.keys,
    new Map([
      ['55', 'app-key'],
      ['56', 'k'],
    ]),
  )
  t.match(examined.findings, [
    { level: 'ok', subject: 'page 55' },
    { level: 'warning', subject: 'page 56', remedy: 'Install the app again.' },
    { level: 'warning', subject: 'DEFAULT_PAGE', got: 'nothing, and the app on 2 pages' },
  ])
  const [refused] = examineAppKeys(installations, { ...alone, stateKeys: ['another-key-than-that'] }).findings
  t.match(refused, { level: 'problem', got: 'one that another key encrypted', remedy: /STATE_KEYS/ })
  t.same(filesOf(options.dataDir), before)
})

t.test('App Keys alone, on several pages, need a default page', t => {
  const sealed = (page: string) => createCipher([key], 'app keys').encrypt('{"key":"k"}', page)
  const installation = { app_id: null, app_version: null, installed_at: 1, uninstalled_at: null }
  const [one, two] = ['55', '56'].map(page => ({ ...installation, page, sealed: sealed(page) }))
  const removed = { ...installation, page: '57', sealed: '' }
  const subjects = (installations: Parameters<typeof examineAppKeys>[0], config: object) =>
    examineAppKeys(installations, { ...alone, ...config }).findings.flatMap(({ level, subject }) =>
      level === 'ok' ? [] : subject,
    )
  if (!one || !two) throw new Error('no installations')
  t.strictSame(subjects([one, two], {}), ['DEFAULT_PAGE'])
  t.strictSame(subjects([one, removed], {}), [], 'the only page is the default')
  t.strictSame(subjects([one, two], { defaultPage: '55' }), [])
  t.strictSame(subjects([one, two], { manychatApiKeys: ['77:k'] }), [])
  t.strictSame(subjects([one, two], { matonApiKey: 'm' }), [])
  t.end()
})

onBoth('pages whose sends are refused again and again are told of the lock-out', async (t, { options, store }) => {
  const queue = createQueue(store)
  const send = { operation: 'sending.sendFlow', params: { subscriber_id: '1', flow_ns: 'content1' } }
  await queue.add(['1', '2', '3'].map(addressee => ({ ...send, page: addressee === '3' ? '66' : '55', addressee })))
  const error = { code: 'DYN_CALL_LIMITED', message: 'x' }
  for (const lease of await queue.claim({ kind: 'delivery', worker: 'w', limit: 9 })) {
    const failures = lease.page === '55' ? 5 : 4
    await queue.retryAt(lease, { at: Date.now() + 60_000, error, countsAsAttempt: false, failures })
  }
  const { findings } = await examineStore(addressOf(options))
  const warnings = findings.filter(({ level }) => level !== 'ok')
  t.match(warnings, [{ level: 'warning', subject: 'page 55', got: /^2 that/, remedy: /24 hours/ }])
  t.equal(warnings.length, 1)
})

onBoth('a store of another release', async (t, { options, store }) => {
  for (const [version, needs, level, remedy] of [
    [newestVersion + 2, newestVersion + 1, 'problem', /Start the release/],
    [newestVersion + 1, null, 'problem', /Start the release/],
    [newestVersion + 1, newestVersion, 'ok', ''],
    [newestVersion - 1, null, 'warning', /back it up/],
  ] as const) {
    await store.run(db => db.deleteFrom('dynablock_migrations').execute())
    await store.run(db => db.insertInto('dynablock_migrations').values({ version, needs, applied_at: 1 }).execute())
    const { findings } = await examineStore(addressOf(options))
    t.match(findings, [{ level, got: RegExp(`^version ${version}`), remedy }])
  }
})

t.test('a store at rest is looked at without a trace', async t => {
  const dataDir = folder(t)
  await (await openStore({ dataDir })).close()
  const before = filesOf(dataDir)
  t.same(readdirSync(dataDir), ['sends.sqlite'])
  t.match(await examineStore({ dataDir, databaseUrl }), { findings: [{ level: 'ok' }], installations: [] })
  t.same(filesOf(dataDir), before)
})

t.test('a store that is still to be made', async t => {
  const dataDir = join(folder(t), 'not', 'there')
  t.match(await examineStore({ dataDir, databaseUrl }), { findings: [{ level: 'ok', got: 'the next start makes it' }] })
  t.throws(() => statSync(dataDir))
  const empty = folder(t)
  new Database(join(empty, 'sends.sqlite')).exec('create table other (a)').close()
  t.match(await examineStore({ dataDir: empty, databaseUrl }), { findings: [{ level: 'ok' }] })
})

t.test('a folder or a file that can not be written, or is none', async t => {
  const dataDir = folder(t)
  writeFileSync(join(dataDir, 'sends.sqlite'), 'no database at all, though long enough to have a header')
  t.match(await examineStore({ dataDir, databaseUrl }), { findings: [{ level: 'problem', got: 'SQLITE_NOTADB' }] })
  const file = join(dataDir, 'sends.sqlite')
  t.match(await examineStore({ dataDir: join(file, 'under'), databaseUrl }), {
    findings: [{ level: 'problem', expected: 'a folder and a file that can be written', remedy: /DATA_DIR/ }],
  })
})

for (const [url, got, needs] of [
  ['postgres://canary:canary-password@127.0.0.1:1/test', 'ECONNREFUSED', {}],
  ['postgres://postgres:canary-password@127.0.0.1:5432/canary_there_is_none', '3D000', onPostgres],
] as const) {
  t.test(`an address of a database where nobody lets us in is never told (${got})`, needs, async t => {
    const { findings } = await examineStore({ dataDir: '/nowhere', databaseUrl: url })
    t.match(findings, [{ level: 'problem', got, remedy: 'Check the database of DATABASE_URL.' }])
    t.notMatch(JSON.stringify(findings), 'canary')
  })
}

t.test('what the database does with commits', onPostgres, async t => {
  const options = schemaOptions(t)
  const lax = `${options.databaseUrl}?options=${encodeURIComponent('-c synchronous_commit=off')}`
  const { findings } = await examineStore({ dataDir: '/nowhere', databaseUrl: lax })
  t.match(findings[1], { level: 'ok', got: 'synchronous_commit off, in place of which the server sets on' })
  const settings = { synchronous_commit: 'on', fsync: 'off', full_page_writes: 'off' }
  t.match(judgeCommits('it', settings), { level: 'problem', got: 'fsync off, full_page_writes off', remedy: /Turn/ })
})

t.test('a database without the right to make tables, or to write them', onPostgres, async t => {
  const options = schemaOptions(t)
  const admin = new pg.Client(options.databaseUrl)
  await admin.connect()
  const role = `reader_${options.schema}`
  await admin.query(
    `create schema ${options.schema}; create role ${role} login; grant usage on schema ${options.schema} to ${role}`,
  )
  t.teardown(async () => {
    await admin.query(`drop owned by ${role}; drop role ${role}`)
    await admin.end()
  })
  const asReader = addressOf({ ...options, databaseUrl: options.databaseUrl.replace('postgres@', `${role}@`) })
  const unwritable = { level: 'problem', expected: 'a user who may write there', remedy: /Grant/ }
  t.match((await examineStore(asReader)).findings, [unwritable])
  await admin.query(`grant create on schema ${options.schema} to ${role}`)
  t.match((await examineStore(asReader)).findings, [{ level: 'ok', got: 'the next start makes it' }])
  await (await openStore(options)).close()
  await admin.query(`grant select on all tables in schema ${options.schema} to ${role}`)
  t.match((await examineStore(asReader)).findings, [unwritable])
})

function filesOf(dataDir: string): unknown {
  if (dataDir === '/nowhere') return []
  return readdirSync(dataDir).map(name => {
    const { size, mtimeMs } = statSync(join(dataDir, name))
    return name.endsWith('-shm') ? name : [name, size, mtimeMs]
  })
}
