/** The store is restored from a copy that is older than what was done since: what docs/running.md says of it. */
import { execFile } from 'node:child_process'
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import type { Lease } from '../../src/queue/job.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { openStore, type StoreOptions } from '../../src/store/store.ts'
import { onPostgres } from '../needs.ts'
import { delivery } from '../queue/delivery.ts'
import { startRecordingPlatform } from '../sends/recording-platform.ts'
import { sendBody, startServer } from '../sends/server-process.ts'
import { claimOne } from '../store/engines.ts'
import { folder, schemaOptions } from '../store/stores.ts'
import { until } from '../until.ts'

t.setTimeout(120_000)

const page = '7000000000000000001'
const run = promisify(execFile)

/** A store that a server may be using, and how docs/running.md copies it and brings the copy back. */
interface Kept {
  options: StoreOptions
  copy(): Promise<void>
  restore(): Promise<void>
}

async function inSqlite(t: Test): Promise<Kept> {
  const [dataDir, copies] = [folder(t), folder(t)]
  const file = join(copies, 'sends.sqlite')
  const restored = folder(t)
  const options = { dataDir }
  return { options, copy, restore }

  async function copy(): Promise<void> {
    const database = new Database(join(dataDir, 'sends.sqlite'))
    database.prepare('vacuum into ?').run(file)
    database.close()
  }

  /** Into an empty folder: a WAL of the other file beside it would be taken for its own. */
  async function restore(): Promise<void> {
    await cp(file, join(restored, 'sends.sqlite'))
    options.dataDir = restored
  }
}

async function inPostgres(t: Test): Promise<Kept> {
  const options = schemaOptions(t)
  // A server makes tables, and no schema.
  await (await openStore(options)).close()
  const file = join(folder(t), 'copy.sql')
  return { options, copy, restore }

  async function copy(): Promise<void> {
    await run('pg_dump', ['--schema', options.schema, '--file', file, options.databaseUrl])
  }

  async function restore(): Promise<void> {
    const drop = `drop schema ${options.schema} cascade`
    const { stderr } = await run('psql', ['-v', 'ON_ERROR_STOP=1', '-c', drop, '-f', file, options.databaseUrl])
    if (/ERROR/.test(stderr) || (await readFile(file)).length === 0) throw new Error(stderr)
  }
}

for (const [engine, keep, needs] of [
  ['sqlite', inSqlite, {}],
  ['postgres', inPostgres, onPostgres],
] as const) {
  t.test(`what was not over goes out again, and what came later is gone (${engine})`, needs, async t => {
    const { options, copy, restore } = await keep(t)
    const { start, sendsOf, isOver, texts } = await setUp(t, options)

    // Nothing goes out before the copy is made.
    const before = start({ delivers: false })
    await before.ready()
    const [first, cancelled] = [await before.send(page, '11', 'one'), await before.send(page, '12', 'cancelled since')]
    await before.call('POST', '/sends', sendBody(page, '13', 'kept by its key'), 'application/json', 'order-13')
    t.equal(await before.open(page, '14', 'late', 50), 'waiting')
    const deliveries = async () => (await sendsOf(before)).filter(({ kind }) => kind === 'delivery')
    await until(async () => (await deliveries()).length === 4)
    t.equal(await before.open(page, '17', 'run again', 3000), 'waiting')
    await copy()
    await before.call('DELETE', `/sends/${cancelled.json.id}`)
    await before.stop()

    const since = start({})
    await since.ready()
    const lost = await since.send(page, '15', 'came since')
    await since.call('POST', '/sends', sendBody(page, '16', 'keyed since'), 'application/json', 'order-16')
    await until(() => texts().length === 6)
    t.strictSame(texts().sort(), ['came since', 'kept by its key', 'keyed since', 'late', 'one', 'run again'])
    await until(() => isOver(since))
    await since.kill()
    await restore()
    texts.forget()

    const held = start({ delivers: false })
    await held.ready()
    const unfinished = (await sendsOf(held)).filter(({ state }) => state !== 'done')
    t.equal(unfinished.length, 5)
    t.notOk(unfinished.some(({ kind, state }) => kind === 'delivery' && state !== 'waiting'))
    t.equal((await held.call('GET', `/sends/${lost.json.id}`)).status, 404, 'what came since is gone')
    const key16 = await held.call('POST', '/sends', sendBody(page, '16', 'keyed since'), 'application/json', 'order-16')
    t.equal(key16.status, 202, 'one that came since is not, so a repeat is a new send')
    t.equal(key16.json.id, lost.json.id, 'and ids come again')
    const key13 = await held.call(
      'POST',
      '/sends',
      sendBody(page, '13', 'kept by its key'),
      'application/json',
      'order-13',
    )
    t.equal(key13.status, 200, 'a key in the copy is known')
    t.equal((await held.call('DELETE', `/sends/${first.json.id}`)).status, 200)
    await held.stop()
    t.strictSame(texts(), [], 'with DELIVERY=off nothing goes out')

    const after = start({})
    await after.ready()
    await until(() => isOver(after))
    t.strictSame(texts().sort(), ['cancelled since', 'kept by its key', 'keyed since', 'late', 'run again'])
    await after.stop()
  })

  t.test(`a lease from before a restore ends no other send of that id (${engine})`, needs, async t => {
    const { options, copy, restore } = await keep(t)
    const open = async () => {
      const store = await openStore(options)
      t.teardown(store.close)
      return { store, queue: createQueue(store) }
    }
    const before = await open()
    await before.store.run(db => sql`select 1`.execute(db))
    await copy()
    await before.queue.add([delivery({ addressee: 'ana' })])
    const old: Lease = await claimOne(before.queue)
    await before.store.close()
    await restore()
    const { queue } = await open()
    await queue.add([delivery({ addressee: 'bo' })])
    const lease = await claimOne(queue)
    t.equal(lease.id, old.id)
    t.not(lease.lease, old.lease)
    t.equal(await queue.finish(old), false)
    t.equal(await queue.kill(old, { code: 'DYN_CALL_REFUSED', message: 'no' }), false)
    t.equal(await queue.retryAt(old, { at: 0, error: null, countsAsAttempt: true }), false)
    t.equal(await queue.release(old, false), false)
    t.match(await queue.get(lease.id), { state: 'running', addressee: 'bo' })
    t.equal(await queue.finish(lease), true)
  })
}

async function setUp(t: Test, options: StoreOptions) {
  const platform = await startRecordingPlatform(t)
  const texts = Object.assign(() => platform.deliveries.map(({ text }) => text), {
    forget: () => void platform.deliveries.splice(0),
  })
  return { start, sendsOf, isOver, texts }

  function start(over: { delivers?: boolean }) {
    const keys = { manychatApiKeys: [`${page}:key`], manychatApiUrl: platform.url }
    const server = startServer(options, { leaseMs: 1200, ...keys, ...over })
    t.teardown(server.kill)
    return server
  }

  /** With the late replies whose handlers run, of which each is one more. */
  async function sendsOf(server: ReturnType<typeof start>): Promise<{ kind: string; state: string }[]> {
    return (await server.call('GET', '/sends')).json.sends
  }

  async function isOver(server: ReturnType<typeof start>): Promise<boolean> {
    return (await sendsOf(server)).every(({ state }) => state === 'done' || state === 'cancelled')
  }
}
