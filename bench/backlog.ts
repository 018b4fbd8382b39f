/**
 * The cost of a claim, an end and the metrics while many jobs wait, for 100 pages, for one page, or for one contact:
 * `node bench/backlog.ts [postgres url]`. Prints medians in milliseconds.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { createQueue } from '../src/queue/queue.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { median } from './statistics.ts'

const databaseUrl = process.argv[2] ?? 'postgres://postgres@127.0.0.1:5432/test'
const counts = [10, 10_000, 400_000]
const shapes = { store: [100, 1_000_000], page: [1, 1_000_000], contact: [1, 1] } as const
const rounds = 9
const folder = mkdtempSync(join(tmpdir(), 'dynablock-bench-'))

try {
  for (const engine of ['SQLite', 'PostgreSQL'] as const) {
    console.log(
      `\n${engine}, ms`.padEnd(28),
      ...['claim of 10', 'end', 'nextDueAt', 'metrics'].map(name => name.padStart(12)),
    )
    for (const shape of Object.keys(shapes) as (keyof typeof shapes)[]) {
      for (const count of counts) await measure(engine, shape, count)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(engine: 'SQLite' | 'PostgreSQL', shape: keyof typeof shapes, count: number): Promise<void> {
  const schema = `bench_${process.pid}_${shape}_${count}`
  const dataDir = mkdtempSync(join(folder, 'data-'))
  const store = await openStore({
    dataDir,
    ...(engine === 'PostgreSQL' && { databaseUrl, schema, queryTimeoutMs: 600_000 }),
  })
  const queue = createQueue(store)
  await fill(store, count, shapes[shape])
  const times: number[][] = [[], [], [], []]
  const timed = async <T>(column: number, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now()
    const result = await work()
    times[column]?.push(performance.now() - startedAt)
    return result
  }
  for (let round = 0; round < rounds; round++) {
    const leases = await timed(0, () => queue.claim({ kind: 'delivery', worker: 'bench', limit: 10 }))
    for (const lease of leases.slice(1)) await queue.release(lease, false)
    if (leases[0]) await timed(1, () => queue.finish(leases[0] as (typeof leases)[0]))
    await timed(2, () => queue.nextDueAt('delivery'))
    await timed(3, () => queue.stats())
  }
  const cells = times.map(values => median(values).toFixed(2).padStart(12))
  console.log(`of one ${shape}, ${count.toLocaleString('en')} waiting`.padEnd(28), ...cells)
  if (engine === 'PostgreSQL') await store.run(db => sql`drop schema ${sql.id(schema)} cascade`.execute(db))
  await store.close()
}

/** Leaves the same rows as `add`, but inserts them in one statement. PostgreSQL has no statistics of them yet. */
async function fill(store: Store, count: number, [pages, contacts]: readonly [number, number]): Promise<void> {
  const page = sql`cast(n % ${sql.lit(pages)} as text)`
  const contact = sql`cast(n % ${sql.lit(contacts)} as text)`
  const at = sql.lit(Date.now() - 1000)
  await store.transact(async db => {
    await sql`with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(count)})
      insert into jobs (kind, line, order_key, due_at, not_before, blocked, priority, urgency, page, addressee, operation,
        params, on_unknown, state, attempts, failures, taken_over, created_at, updated_at)
      select 'delivery', ${page} || ' sending.sendContent', ${page} || '/' || ${contact}, ${at}, ${at},
        case when n <= ${sql.lit(contacts)} then 0 else 1 end, 2, 2, ${page}, ${contact}, 'sending.sendContent',
        '{}', 'retry', 'waiting', 0, 0, 0, ${at}, ${at} from numbers`.execute(db)
    await sql`insert into job_counts (operation, state, n) values ('sending.sendContent', 'unfinished', ${sql.lit(count)})`.execute(
      db,
    )
  })
}
