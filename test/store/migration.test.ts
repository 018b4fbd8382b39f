/** A store of version 0.1.0 is migrated: everything that was waiting, running or dead is still there, in order. */
import { type Kysely, sql } from 'kysely'
import t, { type Test } from 'tap'
import { restoreCall } from '../../src/calls/record.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { type EngineName, migrate } from '../../src/store/migrations.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { openStore, type StoreOptions } from '../../src/store/store.ts'
import type { Tables } from '../../src/store/tables.ts'
import { onPostgres } from '../needs.ts'
import { claim, folder, schemaOptions } from './engines.ts'

/** The number of migrations in 0.1.0. */
const formsThen = 3
const at = 1_700_000_000_000
const params = '{"subscriber_id":"9007199254740993123","data":{"n":1}}'
const call =
  '{"name":"size","step":null,"id":"x","contact":{"id":"55"},"page":"1","channel":"messenger","input":"Hi","extras":{}}'
const lease = { state: 'running', attempts: 1, fence: 1, worker: 'gone', lease_until: at + 30_000 }

type Old = Record<string, string | number | null>

/** In the order of their ids, from 1. */
const sends: Old[] = [
  { addressee: 'ana', ...lease },
  { addressee: 'ana' },
  // A late reply whose handler is still running, and a finished one behind it.
  { addressee: 'bo', params: null, call, ...lease },
  { addressee: 'bo', call, created_at: at + 1, not_before: at + 1 },
  { addressee: 'bo', created_at: at + 2, not_before: at + 2 },
  // A send that is being retried, and one queued behind it.
  { addressee: 'cy', attempts: 3, fence: 3, not_before: at + 90_000 },
  { addressee: 'cy' },
  { addressee: 'dee', state: 'dead', attempts: 1, fence: 1, error_code: 'DYN_CALL_REFUSED', error_message: 'no' },
  { addressee: 'dee', params: null, call, state: 'dead', error_code: 'DYN_CALL_REFUSED', error_message: 'no' },
  { addressee: null },
  { addressee: 'ana', state: 'done', call },
  // A send for later doesn't hold back a due one.
  { addressee: 'eve', not_before: at + 3_000_000_000_000 },
  { addressee: 'eve' },
]

async function makeOld(t: Test, engine: EngineName): Promise<StoreOptions> {
  const options: StoreOptions = engine === 'sqlite' ? { dataDir: folder(t) } : schemaOptions(t)
  const { dialect, notices } =
    options.databaseUrl === undefined
      ? { ...(await openSqlite(options.dataDir)), notices: null }
      : await openPostgres(options.databaseUrl, options.schema)
  const { Kysely } = await import('kysely')
  const db = new Kysely<Tables>({ dialect })
  await db.transaction().execute(trx => migrate(trx, engine, options.schema, formsThen))
  for (const send of sends) await insert(db, send)
  await notices?.close()
  await db.destroy()
  return options
}

async function insert(db: Kysely<Tables>, send: Old): Promise<void> {
  const row: Old = {
    line: '1 sending.sendContent',
    order_key: send.addressee === null ? null : JSON.stringify(['1', send.addressee as string]),
    page: '1',
    operation: 'sending.sendContent',
    params,
    on_unknown: 'retry',
    state: 'waiting',
    not_before: at,
    attempts: 0,
    fence: 0,
    taken_over: 0,
    created_at: at,
    updated_at: at,
    ...send,
  }
  const columns = sql.join(Object.keys(row).map(name => sql.id(name)))
  await sql`insert into sends (${columns}) values (${sql.join(Object.values(row))})`.execute(db)
}

for (const engine of ['sqlite', 'postgres'] as const) {
  t.test(`what a store of 0.1.0 holds is found again (${engine})`, engine === 'postgres' ? onPostgres : {}, async t => {
    const store = await openStore(await makeOld(t, engine))
    t.teardown(store.close)
    const queue = createQueue(store)
    const all = (await queue.list({})).reverse()
    t.strictSame(
      all.map(({ id, kind, state, isLateReply }) => [id, kind, state, isLateReply]),
      [
        ['1', 'delivery', 'running', false],
        ['2', 'delivery', 'waiting', false],
        ['3', 'run', 'running', true],
        ['4', 'delivery', 'waiting', true],
        ['5', 'delivery', 'waiting', false],
        ['6', 'delivery', 'waiting', false],
        ['7', 'delivery', 'waiting', false],
        ['8', 'delivery', 'dead', false],
        ['9', 'run', 'dead', true],
        ['10', 'delivery', 'waiting', false],
        ['11', 'delivery', 'done', true],
        ['12', 'delivery', 'waiting', false],
        ['13', 'delivery', 'waiting', false],
      ],
    )
    t.match(restoreCall(all[2]?.call ?? ''), { block: 'size', contact: { id: '55' } })
    t.match(all[0]?.params, { subscriber_id: '9007199254740993123' })
    t.match(all[10], { id: '11', params: null, call: null }, 'what is done keeps no text')
    t.strictSame((await queue.stats()).byState, [
      { operation: 'run', state: 'dead', count: 1 },
      { operation: 'sending.sendContent', state: 'dead', count: 1 },
      { operation: 'run', state: 'running', count: 1 },
      { operation: 'sending.sendContent', state: 'running', count: 1 },
      { operation: 'sending.sendContent', state: 'waiting', count: 8 },
    ])

    t.strictSame(await queue.holders(), [{ worker: 'gone', beat: null }])
    t.equal(await queue.recover({ worker: 'gone', beat: null }), 2)
    const order: string[] = []
    for (;;) {
      const runs = await claim(queue, 10, 'run')
      for (const run of runs) await queue.answer(run, { operation: run.operation, params: { n: run.id } }, null)
      const leases = await claim(queue)
      if (leases.length === 0) break
      for (const lease of leases) {
        order.push(`${lease.addressee} ${lease.params?.n ?? lease.id}`)
        await queue.finish(lease)
      }
    }
    const of = (addressee: string) => order.filter(entry => entry.startsWith(`${addressee} `))
    t.strictSame(of('ana'), ['ana 1', 'ana 2'])
    t.strictSame(of('bo'), ['bo 3', 'bo 4', 'bo 5'], 'a late reply keeps its place')
    t.strictSame(of('cy'), ['cy 6', 'cy 7'])
    t.strictSame(of('eve'), ['eve 13'])
    t.match(await queue.list({ state: 'waiting' }), [{ id: '12' }])
    t.match(await queue.retry('8'), { state: 'waiting' })
    t.match(await queue.retry('9'), { state: 'waiting', kind: 'run', block: 'size' })
  })
}
