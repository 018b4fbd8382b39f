/** Stores that a newer release has migrated: one that was only added to is used as ever, so replicas can be replaced one by one. */
import { sql } from 'kysely'
import { examineStore } from '../../src/cli/doctor/store.ts'
import type { Lease } from '../../src/queue/job.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { createAppKeyStorage } from '../../src/store/app-key-storage.ts'
import { newestVersion } from '../../src/store/migrations.ts'
import { createSharedRateLimits } from '../../src/store/rate-limits.ts'
import type { Store } from '../../src/store/store.ts'
import { delivery, run } from '../queue/delivery.ts'
import { addressOf, claim, onBoth } from './engines.ts'

onBoth('a store of a newer release is refused', async (t, { store, open }) => {
  await addMigration(store, { version: 98, needs: newestVersion })
  await open()
  await addMigration(store, { version: 99 })
  await t.rejects(open(), { code: 'DYN_STORE_NEWER', message: /99/ })
})

onBoth('a store to which a newer release only added is used as ever', async (t, { store, options, open }) => {
  await addMigration(store, { version: newestVersion + 1, needs: newestVersion })
  const tables = [
    'jobs',
    'workers',
    'job_counts',
    'slots',
    'slot_uses',
    'app_keys',
    'rooms',
    'memories',
    'dynablock_migrations',
  ]
  for (const table of tables) {
    await store.run(db => sql`alter table ${sql.id(table)} add column added text`.execute(db))
    await store.run(db => sql`alter table ${sql.id(table)} add column more bigint not null default 7`.execute(db))
  }
  await store.run(db => sql`create table places (contact text primary key)`.execute(db))
  await store.run(db => sql`create index jobs_added on jobs (added)`.execute(db))
  const opened = await open()
  const queue = createQueue(opened)
  const [first] = await queue.add([delivery({ addressee: 'ana' }), delivery({ addressee: 'ana' })])
  const late = await queue.addRun(run({ addressee: 'bo' }), 'test')
  await queue.answer(late, { operation: late.operation, params: { n: 2 } }, null)
  t.match(await queue.cancel(first?.job.id ?? ''), { state: 'cancelled' })
  await queue.beat('test')
  const leases = await claim(queue)
  t.equal(leases.length, 2)
  t.equal(await queue.finish(leases[0] as Lease), true)
  t.equal(await queue.kill(leases[1] as Lease, { code: 'DYN_X', message: 'no' }), true)
  await queue.foldCounts()
  t.match(await queue.stats(), { byState: [{ state: 'dead', count: 1 }] })
  await queue.sweep()
  const limits = createSharedRateLimits(opened)
  t.match(await limits.reserve([{ name: 'a', perSecond: 10 }], 1000), { granted: true })
  const windowed = { name: 'w', count: 1, windowMs: 60_000 }
  t.match(await limits.reserve([windowed], 1000), { granted: true })
  const keys = createAppKeyStorage(opened)
  await keys.put({ page: '1', app_id: null, app_version: null, installed_at: 1, uninstalled_at: null, sealed: 's' })
  t.match(await keys.readChanged(), [{ page: '1' }])
  t.match((await examineStore(addressOf(options))).findings, [{ level: 'ok' }], 'and the doctor agrees')
})

function addMigration(store: Store, migration: { version: number; needs?: number }) {
  return store.run(db =>
    db
      .insertInto('dynablock_migrations')
      .values({ ...migration, applied_at: 0 })
      .execute(),
  )
}
