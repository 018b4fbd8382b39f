/** Both engines for real: each test runs on a fresh SQLite folder, and on a PostgreSQL schema of its own. */
import { fork } from 'node:child_process'
import { on } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { createQueue } from '../../src/sends/queue.ts'
import type { Lease, NewSend, Queue } from '../../src/sends/send.ts'
import { openStore, type Store, type StoreOptions } from '../../src/sends/store.ts'
import { createTestClock } from '../manychat/clock.ts'
import { send } from './send.ts'
import { folder, schemaOptions } from './stores.ts'

export { folder, schemaOptions } from './stores.ts'

export interface Bench {
  options: StoreOptions
  store: Store
  /** With a clock that stands still until `clock.pass` is called. */
  queue: Queue
  clock: ReturnType<typeof createTestClock>
  /** Another store on the same data, as another process has it. */
  open(): Promise<Store>
  /** Runs a program of `test/sends/programs/` in a process of its own; resolves with what it says, when it ends or is killed. */
  start(program: string, ...args: string[]): Child
}

export interface Child {
  /** The next thing that it says. */
  next(): Promise<unknown>
  kill(): void
  /** All that it said. Rejects when it failed. */
  ended: Promise<unknown[]>
}

/** Runs the same on both. */
export function onBoth(name: string, test: (t: Test, bench: Bench) => Promise<void>): void {
  for (const engine of ['sqlite', 'postgres'] as const) {
    t.test(`${name} (${engine})`, async t => {
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
  const file = fileURLToPath(new URL(`programs/${program}.ts`, import.meta.url))
  const child = fork(file, args)
  const messages = on(child, 'message')
  const said: unknown[] = []
  child.on('message', message => said.push(message))
  // Not at exit: what was said last may still be on its way.
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

export async function addOne(queue: Queue, over: Partial<NewSend> = {}): Promise<string> {
  const [added] = await queue.add([send(over)])
  return added?.send.id as string
}

export function claim(queue: Queue, limit = 10): Promise<Lease[]> {
  return queue.claim({ worker: 'test', limit, leaseMs: 30_000 })
}

/** Claims what must be exactly one send. */
export async function claimOne(queue: Queue): Promise<Lease> {
  const [lease, ...others] = await claim(queue)
  if (!lease || others.length > 0) throw new Error(`claimed ${lease ? 1 + others.length : 0} instead of 1`)
  return lease
}

export function ids(sends: { id: string }[]): string[] {
  return sends.map(({ id }) => id)
}

export async function countRows(store: Store): Promise<number> {
  const { rows } = await store.run(db => sql<{ n: number }>`select count(*) as n from sends`.execute(db))
  return Number(rows[0]?.n)
}
