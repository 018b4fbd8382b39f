import { sql } from 'kysely'
import type { Store } from '../store/store.ts'
import type { Time } from '../store/time.ts'
import type { Holder, Queue } from './job.ts'

/** Who holds leases, and whether they live: a worker beats, and whoever watches it measures the time by its own clock. */
export function createWorkers({
  store,
  time,
}: {
  store: Store
  time: Time
}): Pick<Queue, 'beat' | 'holders' | 'recover' | 'leave'> {
  return { beat, holders, recover, leave }

  async function beat(worker: string) {
    const rows = await store.run(async db => {
      await sql`insert into workers (name, beat, seen_at) values (${worker}, 1, ${time.inStore()})
        on conflict (name) do update set beat = workers.beat + 1, seen_at = excluded.seen_at`.execute(db)
      return db
        .selectFrom('jobs')
        .select(['id', 'lease'])
        .where('state', '=', sql.lit('running' as const))
        .where('worker', '=', worker)
        .execute()
    })
    return rows.map(({ id, lease }) => ({ id: String(id), lease: lease ?? '' }))
  }

  async function holders(): Promise<Holder[]> {
    const { rows } = await store.run(db =>
      sql<Holder>`select j.worker, w.beat from (select distinct worker from jobs where state = 'running') as j
        left join workers w on w.name = j.worker where j.worker is not null`.execute(db),
    )
    return rows
  }

  async function recover({ worker, beat }: Holder): Promise<number> {
    const { numUpdatedRows } = await store.run(db =>
      db
        .updateTable('jobs')
        .set({
          state: 'waiting',
          lease: null,
          worker: null,
          taken_over: sql<number>`case when kind = 'delivery' then 1 else taken_over end`,
          failures: sql<number>`case when kind = 'run' then failures + 1 else failures end`,
          not_before: time.inStore(),
          updated_at: time.inStore(),
        })
        .where('state', '=', sql.lit('running' as const))
        .where('worker', '=', worker)
        .where(sql<number>`coalesce((select beat from workers where name = ${worker}), -1)`, '=', beat ?? -1)
        .executeTakeFirst(),
    )
    return Number(numUpdatedRows)
  }

  async function leave(worker: string): Promise<void> {
    await store.run(db => db.deleteFrom('workers').where('name', '=', worker).execute())
  }
}
