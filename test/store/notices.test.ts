import { randomUUID } from 'node:crypto'
import pg from 'pg'
import t from 'tap'
import { createQueue } from '../../src/queue/queue.ts'
import { openStore } from '../../src/store/store.ts'
import { onPostgres } from '../needs.ts'
import { until } from '../until.ts'
import { addOne, schemaOptions } from './engines.ts'

t.test(
  'what one process adds, others on PostgreSQL hear, also after their connection was lost',
  onPostgres,
  async t => {
    const options = schemaOptions(t)
    const name = `listens-${randomUUID()}`
    const databaseUrl = `${options.databaseUrl}?application_name=${name}`
    const stores = [await openStore(options), await openStore({ ...options, databaseUrl })] as const
    t.teardown(() => Promise.all(stores.map(store => store.close())))
    const [queue, other] = [createQueue(stores[0]), createQueue(stores[1])]
    const admin = new pg.Client(options.databaseUrl)
    await admin.connect()
    t.teardown(() => admin.end())
    let rings = 0
    const hears = async (act: () => unknown) => {
      const before = rings
      await act()
      await until(() => rings > before)
    }

    await t.resolves(
      hears(() => other.onAdded(() => rings++)),
      'as something may have been added before it listened',
    )
    await t.resolves(
      hears(() => addOne(queue)),
      'when something was added',
    )
    const end = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and query ilike 'listen %'`
    await t.resolves(
      hears(async () => t.equal((await admin.query(end, [name])).rowCount, 1)),
      'when it listens again',
    )

    // The last notice of a burst may be delayed; the database delivers this test's own notice after all of them.
    let told = 0
    const { promise: isOver, resolve } = Promise.withResolvers<void>()
    admin.on('notification', ({ payload = '' }) => {
      if (payload === name) resolve()
      if (payload.startsWith(`${options.schema}/`)) told++
    })
    await admin.query('listen dynablock_sends')
    await hears(() => Promise.all(Array.from({ length: 100 }, () => addOne(queue))))
    await stores[0].close()
    await admin.query('select pg_notify($1, $2)', ['dynablock_sends', name])
    await isOver
    t.ok(told > 0 && told < 50, `a burst of 100 is told a few times, not each: ${told}`)
  },
)
