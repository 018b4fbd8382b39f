/** The jobs of one addressee, to be shown or erased. */
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../store/tables.ts'
import { insertOutcomes } from './add.ts'
import { count } from './counts.ts'
import type { Addressees, Job, Queue, Within } from './job.ts'
import { lockOrders, promote } from './order.ts'
import { noLease, noText, orderColumns, storable, toJob } from './rows.ts'
import type { TransitionsOptions } from './transitions.ts'

const maxListed = 1000

export function createForget({ store, time, tellsOutcomes }: TransitionsOptions): Pick<Queue, 'listOf'> & {
  /** Returns the ids of those that were cancelled. */
  forget(...given: Parameters<Queue['forget']>): Promise<string[]>
} {
  return { listOf, forget }

  async function listOf(addressees: Addressees): Promise<Job[]> {
    const rows = await store.run(db =>
      db
        .selectFrom('jobs')
        .selectAll()
        .where('addressee', '=', storable(addressees.addressee))
        .where('order_key', 'in', keysOf(addressees))
        .orderBy(sql`case when params is null and call is null then 1 else 0 end`)
        .orderBy('id', 'desc')
        .limit(maxListed)
        .execute(),
    )
    return rows.map(toJob)
  }

  function forget(addressees: Addressees, exceptKey: string | null, within: Within): Promise<string[]> {
    const keys = keysOf(addressees)
    return store.transact(async db => {
      await lockOrders(db, store.engine, keys)
      const unfinished = await cancel(db, ['waiting', 'running'])
      await count(db, unfinished, 'unfinished', null)
      await promote(db, keys)
      if (tellsOutcomes) await insertOutcomes(db, unfinished)
      await count(db, await cancel(db, ['dead']), 'dead', null)
      await within(db)
      return unfinished.map(({ id }) => String(id))
    })

    function cancel(db: Kysely<Tables>, states: ('waiting' | 'running' | 'dead')[]) {
      return db
        .updateTable('jobs')
        .set({ state: 'cancelled', ...noLease, ...noText, updated_at: time.inStore() })
        .where('addressee', '=', storable(addressees.addressee))
        .where('order_key', 'in', keys)
        .where('state', 'in', states)
        .where(({ eb, or }) => or([eb('idempotency_key', 'is', null), eb('idempotency_key', '<>', exceptKey ?? '')]))
        .returningAll()
        .execute()
    }
  }
}

function keysOf({ addressee, pages }: Addressees): string[] {
  return pages.map(page => String(orderColumns({ page, addressee }).order_key))
}
