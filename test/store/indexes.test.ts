/** PostgreSQL knows nothing of a table that was empty a moment ago, and must read no more of it than a claim needs. */
import { sql } from 'kysely'
import t from 'tap'
import { createQueue } from '../../src/queue/queue.ts'
import { openStore } from '../../src/store/store.ts'
import { onPostgres } from '../needs.ts'
import { delivery } from '../queue/delivery.ts'
import { schemaOptions } from './stores.ts'

t.test('without statistics, claims use the index that is made for them, and no other', onPostgres, async t => {
  const store = await openStore(schemaOptions(t))
  t.teardown(store.close)
  const queue = createQueue(store)
  await queue.add(Array.from({ length: 3000 }, (_, n) => delivery({ addressee: String(n), page: String(n % 10) })))
  const claimable = sql`kind = 'delivery' and state = 'waiting' and blocked = 0`
  const due = sql`${claimable} and line = '1 sending.sendContent' and urgency = 2 and not_before <= 1800000000000`
  for (const query of [
    sql`select line from jobs where ${claimable} and line > '1' order by line limit 1`,
    sql`select 1 from jobs where ${due} limit 1`,
    sql`select id from jobs where ${due} order by not_before, id limit 10 for update skip locked`,
  ]) {
    const { rows } = await store.run(db => sql<{ 'QUERY PLAN': string }>`explain ${query}`.execute(db))
    const plan = rows.map(row => row['QUERY PLAN']).join('\n')
    t.match(plan, / using jobs_due on jobs/, plan)
  }
})
