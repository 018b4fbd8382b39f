/** Sends added, claimed and finished per second, on SQLite and PostgreSQL: `node bench/store.ts [postgres url]`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Lease, NewDelivery } from '../src/queue/job.ts'
import { createQueue } from '../src/queue/queue.ts'
import { createSharedRateLimits } from '../src/store/rate-limits.ts'
import { openStore, type StoreOptions } from '../src/store/store.ts'
import { median } from './statistics.ts'

const databaseUrl = process.argv[2] ?? 'postgres://postgres@127.0.0.1:5432/test'
const rounds = 5
const dataDir = mkdtempSync(join(tmpdir(), 'dynablock-bench-'))
const schema = `bench_${process.pid}`

try {
  await measure({ dataDir })
  await measure({ dataDir, databaseUrl, schema })
} finally {
  rmSync(dataDir, { recursive: true })
}

async function measure(options: StoreOptions): Promise<void> {
  const store = await openStore(options)
  const queue = createQueue(store)
  const limits = createSharedRateLimits(store)
  const rates: Record<string, number[]> = {}
  for (let round = 0; round < rounds; round++) {
    await timed('adds one by one', 500, async () => {
      for (let i = 0; i < 500; i++) await queue.add([send(i)])
    })
    await timed('adds, 16 at once', 2000, () =>
      Promise.all(
        Array.from({ length: 16 }, async () => {
          for (let i = 0; i < 125; i++) await queue.add([send(i)])
        }),
      ),
    )
    await timed('adds, 10,000 in a batch', 10_000, () => queue.add(Array.from({ length: 10_000 }, (_, i) => send(i))))
    const leases: Lease[] = []
    await timed('claims, 50 at a time', 2000, async () => {
      while (leases.length < 2000) leases.push(...(await queue.claim({ kind: 'delivery', worker: 'bench', limit: 50 })))
    })
    await timed('finishes, 16 at once', 2000, () =>
      Promise.all(
        Array.from({ length: 16 }, async (_, i) => {
          for (const lease of leases.slice(i * 125, (i + 1) * 125)) await queue.finish(lease)
        }),
      ),
    )
    await timed('slots of one line', 500, async () => {
      for (let i = 0; i < 500; i++) await limits.reserve([{ name: 'line', perSecond: 25 }], 1e9)
    })
  }
  console.log(`\n${store.engine}, median of ${rounds} rounds`)
  for (const [title, values] of Object.entries(rates))
    console.log(`${title.padEnd(26)}${median(values).toFixed(0).padStart(8)} /s`)
  if (options.schema) await store.run(db => sql`drop schema ${sql.id(schema)} cascade`.execute(db))
  await store.close()

  async function timed(title: string, count: number, work: () => Promise<unknown>): Promise<void> {
    const startedAt = performance.now()
    await work()
    rates[title] = [...(rates[title] ?? []), (1000 * count) / (performance.now() - startedAt)]
  }
}

function send(n: number): NewDelivery {
  const text = `Your order ${n} is on its way. ${'x'.repeat(300)}`
  const data = { version: 'v2', content: { messages: [{ type: 'text', text }] } }
  return {
    operation: 'sending.sendContent',
    page: String(n % 20),
    addressee: `contact ${n}`,
    params: { subscriber_id: '9007199254740993123', data },
  }
}
