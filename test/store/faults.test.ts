/** Failures of a connection to PostgreSQL, and the queries after them. */
import { sql } from 'kysely'
import pg from 'pg'
import t from 'tap'
import { createRateLimits } from '../../src/outbound/limits.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { createLazyStore } from '../../src/store/lazy-store.ts'
import { createNotices } from '../../src/store/notices.ts'
import { openStore } from '../../src/store/store.ts'
import { onPostgres } from '../needs.ts'
import { delivery } from '../queue/delivery.ts'
import { startProxy } from '../sends/faults/proxy.ts'
import { until } from '../until.ts'
import { addOne, claimOne, countRows, folder, schemaOptions } from './engines.ts'

t.setTimeout(60_000)
// The timers under test don't keep the process alive.
const alive = setInterval(() => {}, 1000)
t.teardown(() => clearInterval(alive))

t.test('a commit whose answer is lost says "perhaps", and the same key again adds nothing', onPostgres, async t => {
  const proxy = await startProxy(t)
  const store = await openStore({ ...schemaOptions(t), databaseUrl: proxy.url })
  t.teardown(store.close)
  const queue = createQueue(store)
  const send = delivery({ idempotencyKey: 'k', addressee: 'ana' })
  proxy.cutCommits(1)
  await t.rejects(queue.add([send]), { code: 'DYN_STORE_FAILED', message: /may be stored all the same/ })
  t.match(await queue.add([send]), [{ existed: true, job: { state: 'waiting' } }])
  t.equal(await countRows(store), 1)
  const lease = await claimOne(queue)
  proxy.cutCommits(1)
  await t.rejects(queue.finish(lease), { code: 'DYN_STORE_FAILED' })
  t.equal(await queue.finish(lease), false, 'it is done already')
  t.match(await queue.get(lease.id), { state: 'done' })
})

t.test('a run whose answer is stored twice is delivered once', onPostgres, async t => {
  const proxy = await startProxy(t)
  const store = await openStore({ ...schemaOptions(t), databaseUrl: proxy.url })
  t.teardown(store.close)
  const queue = createQueue(store)
  const run = { block: 'size', page: '1', addressee: 'ana', call: '{}', idempotencyKey: 'k' }
  const lease = await queue.addRun(run, 'test')
  const answer = { operation: 'sending.sendContent', params: { n: 1 } }
  proxy.cutCommits(1)
  await t.rejects(queue.answer(lease, answer, null), { code: 'DYN_STORE_FAILED' })
  t.equal(await queue.answer(lease, answer, null), false)
  t.equal(await countRows(store), 2)
})

t.test('a connection to a database that takes no changes any more is dropped', onPostgres, async t => {
  const store = await openStore(schemaOptions(t))
  t.teardown(store.close)
  const queue = createQueue(store)
  // As after a failover that kept the connection to the old primary.
  await store.run(db => sql`set session characteristics as transaction read only`.execute(db))
  await t.rejects(addOne(queue), { code: 'DYN_STORE_FAILED', message: /25006/ })
  t.ok(await addOne(queue))
})

t.test('what is promised is on disk, whatever the database does by default', onPostgres, async t => {
  const options = schemaOptions(t)
  const role = `lax_${options.schema}`
  const admin = new pg.Client(options.databaseUrl)
  await admin.connect()
  await admin.query(`create role ${role} login superuser`)
  t.teardown(async () => {
    await admin.query(`drop schema if exists ${options.schema} cascade; drop role ${role}`)
    await admin.end()
  })
  for (const [theirs, ours] of [
    ['off', 'on'],
    ['local', 'on'],
    ['remote_apply', 'remote_apply'],
  ] as const) {
    await admin.query(`alter role ${role} set synchronous_commit = ${theirs}`)
    const store = await openStore({ ...options, databaseUrl: options.databaseUrl.replace('postgres@', `${role}@`) })
    const { rows } = await store.run(db => sql`show synchronous_commit`.execute(db))
    t.strictSame(rows, [{ synchronous_commit: ours }], theirs)
    await store.close()
  }
})

t.test('a database that refuses to be listened to costs no connections', onPostgres, async t => {
  const { databaseUrl: connectionString } = schemaOptions(t)
  const pool = new pg.Pool({ connectionString })
  let opened = 0
  let ended = 0
  const connect = () => {
    const client = new pg.Client({ connectionString })
    opened++
    client.once('end', () => ended++)
    // As a hot standby answers.
    client.query = (async () => Promise.reject(new Error('cannot execute LISTEN during recovery'))) as never
    return client
  }
  const notices = createNotices({ pool, connect, topic: 'test' })
  notices.listen(() => {})
  await until(() => opened >= 2, { withinMs: 20_000 })
  t.ok(opened - ended <= 1, `${opened} opened, ${ended} ended`)
  await notices.close()
  await pool.end()
})

t.test('a store is ready while it can be written, and the answer is kept for a moment', async t => {
  const log = { warn() {}, info() {} }
  let probes = 0
  let answer: () => Promise<void> = async () => {}
  const openable = { limits: createRateLimits(), close: async () => {}, probe: () => probe() }
  const lazy = createLazyStore({ open: async () => openable, log })
  t.equal(await lazy.findProblem(), 'DYN_STORE_FAILED', 'not open yet')
  const other = createLazyStore({ open: async () => openable, log })
  await new Promise<void>(resolve => other.start(resolve))
  t.equal(await other.findProblem(), null)
  t.equal(await other.findProblem(), null)
  t.equal(probes, 1)
  answer = () => new Promise(() => {})
  const frozen = createLazyStore({ open: async () => openable, log })
  await new Promise<void>(resolve => frozen.start(resolve))
  t.equal(await frozen.findProblem(), 'DYN_STORE_FAILED', 'one that is silent')
  answer = () => Promise.reject(new Error('ours'))
  const broken = createLazyStore({ open: async () => openable, log })
  await new Promise<void>(resolve => broken.start(resolve))
  t.equal(await broken.findProblem(), 'DYN_INTERNAL')

  function probe(): Promise<void> {
    probes++
    return answer()
  }
})

t.test('the probe reads and writes', async t => {
  const store = await openStore({ dataDir: folder(t) })
  t.teardown(store.close)
  await store.probe()
  await store.run(db => sql`pragma query_only = 1`.execute(db))
  await t.rejects(store.probe(), { code: 'DYN_STORE_FAILED', message: /READONLY/ })
})
