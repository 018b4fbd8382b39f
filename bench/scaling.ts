/**
 * The cost of more blocks, more waiting sends and more pages: `node bench/scaling.ts [postgres url]`. Each line is compared
 * with the first of its table.
 */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import type { NewDelivery } from '../src/queue/job.ts'
import { createQueue } from '../src/queue/queue.ts'
import { openStore, type StoreOptions } from '../src/store/store.ts'
import { measureLoad } from './load.ts'
import { type Program, startProgram } from './programs.ts'
import { median } from './statistics.ts'

const databaseUrl = process.argv[2] ?? 'postgres://postgres@127.0.0.1:5432/test'
const rounds = 5
const seconds = 2
const folder = mkdtempSync(join(tmpdir(), 'dynablock-bench-'))

process.once('SIGINT', () => process.exit(130))

try {
  await compareCalls('blocks', [1, 10, 100, 1000], count =>
    startProgram('dynablock', { BLOCKS_DIR: copyBlocks(count) }),
  )
  await compareCalls('waiting sends', [0, 10_000], async count => {
    const dataDir = mkdtempSync(join(folder, 'data-'))
    await fill({ dataDir }, count)
    return startProgram('dynablock', { DATA_DIR: dataDir })
  })
  for (const store of [{}, { databaseUrl }]) await comparePages([1, 10, 1000], store)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Calls per second of one block, for each count of blocks or waiting sends. */
async function compareCalls(what: string, counts: number[], start: (count: number) => Promise<Program>): Promise<void> {
  const programs = await Promise.all(counts.map(start))
  const rates = counts.map(() => [] as number[])
  for (let round = 0; round < rounds; round++) {
    for (const [i, program] of programs.entries()) {
      rates[i]?.push((await measureLoad(program, '/blocks/size', seconds)).callsPerSecond)
    }
  }
  print(`calls of one block, by ${what}`, 'calls/s', counts, rates)
  await Promise.all(programs.map(program => program.stop()))
}

/** Claims per second while 10,000 sends wait, for each number of pages. */
async function comparePages(counts: number[], options: { databaseUrl?: string }): Promise<void> {
  const rates: number[][] = []
  for (const pages of counts) {
    const dataDir = mkdtempSync(join(folder, 'data-'))
    const schema = `bench_${process.pid}_${pages}`
    const store = await openStore({ dataDir, ...(options.databaseUrl && { ...options, schema }) })
    const queue = createQueue(store)
    await queue.add(Array.from({ length: 10_000 }, (_, n) => send(n, n % pages, {})))
    const values: number[] = []
    for (let round = 0; round < rounds; round++) {
      const startedAt = performance.now()
      let claimed = 0
      while (claimed < 500) claimed += (await queue.claim({ kind: 'delivery', worker: 'bench', limit: 50 })).length
      values.push((1000 * claimed) / (performance.now() - startedAt))
    }
    rates.push(values)
    if (options.databaseUrl) await store.run(db => sql`drop schema ${sql.id(schema)} cascade`.execute(db))
    await store.close()
  }
  print(
    `claims on ${options.databaseUrl ? 'PostgreSQL' : 'SQLite'}, 10,000 waiting, by pages`,
    'sends/s',
    counts,
    rates,
  )
}

async function fill(options: StoreOptions, count: number): Promise<void> {
  const store = await openStore(options)
  const later = { notBefore: Date.now() + 3_600_000 }
  await createQueue(store).add(Array.from({ length: count }, (_, n) => send(n, n % 20, later)))
  await store.close()
}

function send(n: number, page: number, more: Partial<NewDelivery>): NewDelivery {
  const data = { version: 'v2', content: { messages: [{ type: 'text', text: `Order ${n}. ${'x'.repeat(300)}` }] } }
  return {
    operation: 'sending.sendContent',
    page: String(page),
    addressee: `contact ${n}`,
    params: { subscriber_id: '9007199254740993123', data },
    ...more,
  }
}

/** Makes a folder with `count` blocks, one of them `size`. */
function copyBlocks(count: number): string {
  const blocks = mkdtempSync(join(folder, 'blocks-'))
  const source = fileURLToPath(new URL('blocks/size.ts', import.meta.url))
  copyFileSync(fileURLToPath(new URL('wording.ts', import.meta.url)), join(folder, 'wording.ts'))
  for (let i = 0; i < count; i++) copyFileSync(source, join(blocks, i === 0 ? 'size.ts' : `size-${i}.ts`))
  return blocks
}

function print(title: string, unit: string, counts: number[], rates: number[][]): void {
  console.log(`\n${title}, medians of ${rounds} rounds`)
  const first = median(rates[0] ?? [])
  for (const [i, count] of counts.entries()) {
    const value = median(rates[i] ?? [])
    console.log(`${String(count).padStart(8)} ${value.toFixed(0).padStart(8)} ${unit}  ${(value / first).toFixed(2)}`)
  }
}
