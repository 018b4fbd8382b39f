/** Runs tests on both real engines: on a new SQLite folder, and on a new PostgreSQL schema. */
import { fork } from 'node:child_process'
import { on } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import type { JobKind, Lease, NewDelivery, Queue } from '../../src/queue/job.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { openStore, type Store, type StoreOptions } from '../../src/store/store.ts'
import { onPostgres } from '../needs.ts'
import { createTestClock } from '../outbound/clock.ts'
import { delivery } from '../queue/delivery.ts'
import { folder, schemaOptions } from './stores.ts'

export { addressOf, folder, schemaOptions } from './stores.ts'

export interface Bench {
  options: StoreOptions
  store: Store
  /** With a clock that stands still until `clock.pass` is called. */
  queue: Queue
  clock: ReturnType<typeof createTestClock>
  /** Opens another store on the same data, as another process would. */
  open(): Promise<Store>
  /** Runs a program of `test/queue/programs/` in its own process. */
  start(program: string, ...args: string[]): Child
}

export interface Child {
  /** The next message of the program. */
  next(): Promise<unknown>
  kill(): void
  /** All its messages, once it has ended or was killed. Rejects when it failed. */
  ended: Promise<unknown[]>
}

/** Runs a test on both engines. */
export function onBoth(name: string, test: (t: Test, bench: Bench) => Promise<void>): void {
  for (const engine of ['sqlite', 'postgres'] as const) {
    t.test(`${name} (${engine})`, engine === 'postgres' ? onPostgres : {}, async t => {
      const options = engine === 'sqlite' ? { dataDir: folder(t) } : schemaOptions(t)
      const store = await openStore(options)
      const stores = [store]
      t.teardown(() => Promise.all(stores.map(store => store.close())))
      const clock = createTestClock()
      await test(t, { options, store, queue: createQueue(store, { now: clock.now }), clock, open, start })

      async function open(): Promise<Store> {
        const other = await openStore(options)
        stores.push(other)
        return other
      }

      function start(program: string, ...args: string[]): Child {
        return startChild(t, program, [JSON.stringify(options), ...args])
      }
    })
  }
}

function startChild(t: Test, program: string, args: string[]): Child {
  const file = fileURLToPath(new URL(`../queue/programs/${program}.ts`, import.meta.url))
  const child = fork(file, args)
  const messages = on(child, 'message')
  const said: unknown[] = []
  child.on('message', message => said.push(message))
  // Not at 'exit': the last messages may still be on their way.
  const ended = new Promise<unknown[]>((resolve, reject) => {
    child.once('close', code => (code ? reject(new Error(`${program} ended with ${code}`)) : resolve(said)))
  })
  const kill = () => void child.kill('SIGKILL')
  t.teardown(() => {
    kill()
    return ended.catch(() => undefined)
  })
  return { next, kill, ended }

  async function next(): Promise<unknown> {
    const { value } = await messages.next()
    return value?.[0]
  }
}

export async function addOne(queue: Queue, over: Partial<NewDelivery> = {}): Promise<string> {
  const [added] = await queue.add([delivery(over)])
  return added?.job.id as string
}

export function claim(queue: Queue, limit = 10, kind: JobKind = 'delivery'): Promise<Lease[]> {
  return queue.claim({ kind, worker: 'test', limit })
}

/** Claims a job; throws unless there is exactly one. */
export async function claimOne(queue: Queue, kind: JobKind = 'delivery'): Promise<Lease> {
  const [lease, ...others] = await claim(queue, 10, kind)
  if (!lease || others.length > 0) throw new Error(`claimed ${lease ? 1 + others.length : 0} instead of 1`)
  return lease
}

export function ids(jobs: { id: string }[]): string[] {
  return jobs.map(({ id }) => id)
}

export function idsOf(added: { job: { id: string } }[]): string[] {
  return added.map(({ job }) => job.id)
}

export async function countRows(store: Store): Promise<number> {
  const { rows } = await store.run(db => sql<{ n: number }>`select count(*) as n from jobs`.execute(db))
  return Number(rows[0]?.n)
}
