import pg from 'pg'
import t from 'tap'
import { createQueue } from '../../src/sends/queue.ts'
import { openStore } from '../../src/sends/store.ts'
import { addOne, schemaOptions } from './engines.ts'

t.test('what one process adds, the others on PostgreSQL hear, also after their connection was lost', async t => {
  const options = schemaOptions(t)
  const stores = [await openStore(options), await openStore(options)] as const
  t.teardown(() => Promise.all(stores.map(store => store.close())))
  const [queue, other] = [createQueue(stores[0]), createQueue(stores[1])]
  const heard = createBell()
  other.onAdded(heard.ring)
  await heard.next()
  t.pass('when it began to listen, as something may have been added before')
  await addOne(queue)
  await heard.next()
  t.pass('when something was added')

  const admin = new pg.Client(options.databaseUrl)
  await admin.connect()
  t.teardown(() => admin.end())
  const { rowCount } = await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen dynablock%' and pid <> pg_backend_pid()`,
  )
  t.ok(rowCount)
  await heard.next()
  t.pass('when it listens again')
  // A burst is told once or twice, not a hundred times.
  await Promise.all(Array.from({ length: 100 }, () => addOne(queue)))
  await heard.next()
  t.ok(heard.count() < 50)
})

function createBell() {
  let count = 0
  let heard = 0
  let wake: (() => void) | undefined
  return { ring, next, count: () => count }

  function ring(): void {
    count++
    wake?.()
  }

  async function next(): Promise<void> {
    heard++
    while (count < heard) {
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
    heard = count
  }
}
