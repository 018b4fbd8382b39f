import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import pg from 'pg'
import t from 'tap'
import { createQueue } from '../../src/queue/queue.ts'
import { newestVersion } from '../../src/store/migrations.ts'
import { openStore } from '../../src/store/store.ts'
import { onPostgres } from '../needs.ts'
import { delivery } from '../queue/delivery.ts'
import { startProxy } from '../sends/faults/proxy.ts'
import { addOne, claim, countRows, folder, onBoth, schemaOptions } from './engines.ts'

onBoth('a store that was opened before is opened as it is', async (t, { queue, open }) => {
  const id = await addOne(queue)
  const again = await open()
  t.equal((await createQueue(again).get(id))?.id, id)
  const { rows } = await again.run(db => sql`select version from dynablock_migrations`.execute(db))
  t.strictSame(
    rows,
    Array.from({ length: newestVersion }, (_, index) => ({ version: index + 1 })),
  )
})

for (const [engine, needs] of [
  ['SQLite', {}],
  ['PostgreSQL', onPostgres],
] as const) {
  t.test(`several processes start at once on an empty store (${engine})`, needs, async t => {
    const options = engine === 'SQLite' ? { dataDir: join(folder(t), 'made', 'by it') } : schemaOptions(t)
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(options)))
    t.teardown(() => Promise.all(stores.map(store => store.close())))
    for (const store of stores) await addOne(createQueue(store))
    t.equal(await countRows(stores[0] as (typeof stores)[0]), 4)
  })
}

onBoth('processes start while others work', async (t, { start, queue }) => {
  const children = Array.from({ length: 4 }, () => start('open'))
  await Promise.all([...children.map(child => child.ended), addOne(queue), claim(queue)])
  for (const child of children) t.strictSame(await child.ended, ['open'])
})

t.test('the embedded store is for its owner alone, and survives a loss of power', async t => {
  const dataDir = folder(t)
  const store = await openStore({ dataDir })
  t.teardown(() => store.close())
  await addOne(createQueue(store))
  for (const file of ['sends.sqlite', 'sends.sqlite-wal', 'sends.sqlite-shm']) {
    t.equal(statSync(join(dataDir, file)).mode & 0o777, 0o600, file)
  }
  const pragma = async (name: string) =>
    (await store.run(db => sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(db))).rows[0]
  t.strictSame(await pragma('synchronous'), { synchronous: 2 })
  t.strictSame(await pragma('journal_mode'), { journal_mode: 'wal' })
})

t.test('a full disk is an error, and nothing is half-written', async t => {
  const store = await openStore({ dataDir: folder(t) })
  t.teardown(() => store.close())
  const queue = createQueue(store)
  const id = await addOne(queue)
  const limitPages = (pages: number) => store.run(db => sql`pragma max_page_count = ${sql.lit(pages)}`.execute(db))
  await limitPages(60)
  const sends = Array.from({ length: 5000 }, () => delivery({ params: { text: 'x'.repeat(100) } }))
  await t.rejects(queue.add(sends), { code: 'DYN_STORE_FAILED', status: 503, message: /SQLITE_FULL/ })
  t.equal(await countRows(store), 1)
  await limitPages(1_000_000)
  t.equal((await queue.add(sends)).length, 5000)
  t.equal((await queue.get(id))?.state, 'waiting')
})

t.test('who writes for long holds up, and in the end fails, the others', async t => {
  const dataDir = folder(t)
  const store = await openStore({ dataDir })
  t.teardown(() => store.close())
  const queue = createQueue(store)
  const other = new Database(join(dataDir, 'sends.sqlite'))
  t.teardown(() => other.close())
  other.exec('begin immediate')
  let ended = false
  const adding = addOne(queue).finally(() => {
    ended = true
  })
  t.equal(await queue.get('1'), null, 'reading goes on')
  t.equal(ended, false)
  other.exec('rollback')
  t.ok(await adding)
  other.exec('begin immediate')
  await t.rejects(addOne(queue), { code: 'DYN_STORE_FAILED', message: /SQLITE_BUSY/ })
})

t.test('a store that another process is just making is waited for', async t => {
  const dataDir = folder(t)
  const other = new Database(join(dataDir, 'sends.sqlite'))
  other.exec('begin exclusive; create table other (id)')
  const opening = openStore({ dataDir })
  setTimeout(() => other.close(), 100)
  await (await opening).close()
})

t.test('a store that is not there is an error without secrets', async t => {
  const url = 'postgres://somebody:secret@127.0.0.1:1/test'
  const error = await openStore({ dataDir: '', databaseUrl: url }).catch(error => error)
  t.match(error, { code: 'DYN_STORE_FAILED', message: /\(PostgreSQL\).*ECONNREFUSED/ })
  t.notMatch(error.message, /secret/)
  const dataDir = folder(t)
  mkdirSync(join(dataDir, 'sends.sqlite'))
  await t.rejects(openStore({ dataDir }), { code: 'DYN_STORE_FAILED', message: /EISDIR/ })
})

t.test('connections that PostgreSQL ends are made anew', onPostgres, async t => {
  const options = schemaOptions(t)
  const store = await openStore(options)
  t.teardown(() => store.close())
  const queue = createQueue(store)
  const id = await addOne(queue)
  const admin = new pg.Client(options.databaseUrl)
  await admin.connect()
  t.teardown(() => admin.end())
  const work = store.transact(async db => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
    await admin.query('select pg_terminate_backend($1)', [rows[0]?.pid])
    await sql`select 1`.execute(db)
  })
  await t.rejects(work, { code: 'DYN_STORE_FAILED' })
  t.equal((await queue.get(id))?.id, id)
})

t.test('a PostgreSQL that goes silent is an error, and is asked by another connection', onPostgres, async t => {
  const options = schemaOptions(t)
  const proxy = await startProxy(t)
  const store = await openStore({ ...options, databaseUrl: proxy.url, queryTimeoutMs: 500 })
  t.teardown(() => store.close())
  proxy.stall()
  await t.rejects(countRows(store), { code: 'DYN_STORE_FAILED' })
  proxy.replace()
  t.equal(await countRows(store), 0)
})

t.test('what a process that went silent had locked is free soon', onPostgres, async t => {
  const options = schemaOptions(t)
  const proxy = await startProxy(t)
  const silent = await openStore({ ...options, databaseUrl: proxy.url, queryTimeoutMs: 500 })
  t.teardown(() => silent.close())
  const store = await openStore(options)
  t.teardown(() => store.close())
  const id = await addOne(createQueue(store))
  const locked = silent.transact(async db => {
    await db.updateTable('jobs').set({ worker: 'silent' }).execute()
    proxy.stall()
    await sql`select 1`.execute(db)
  })
  await t.rejects(locked, { code: 'DYN_STORE_FAILED' })
  t.match(await createQueue(store).cancel(id), { state: 'cancelled' })
})
