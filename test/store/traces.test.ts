/** What is over leaves no text in the files of the embedded store. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { createQueue } from '../../src/queue/queue.ts'
import { openStore } from '../../src/store/store.ts'
import { createTestClock } from '../outbound/clock.ts'
import { delivery } from '../queue/delivery.ts'
import { claim, folder } from './engines.ts'

const canary = /canary-[a-z]+-\d+/g
const dayMs = 86_400_000

/** A message and a contact, of which each part names its job; some need pages of their own. */
function textsOf(n: number) {
  const filler = '.'.repeat((n * 397) % 9000)
  return { text: `canary-text-${n} ${filler}`, mail: `canary-mail-${n}@example.com`, phone: `+49canary-phone-${n}` }
}

/** The jobs whose texts stand in the files, deleted or not. */
function foundIn(dataDir: string): number[] {
  const found = readdirSync(dataDir).flatMap(name => readFileSync(join(dataDir, name), 'latin1').match(canary) ?? [])
  return [...new Set(found.map(text => Number(text.replace(/\D+/, ''))))].sort((a, b) => a - b)
}

async function openIn(t: Test, dataDir: string) {
  const store = await openStore({ dataDir })
  t.teardown(store.close)
  const clock = createTestClock()
  return { store, clock, queue: createQueue(store, { now: clock.now }) }
}

t.test('texts, mail and phone of what is over are in no file, and those of what may go out again are kept', async t => {
  const dataDir = folder(t)
  const { store, queue, clock } = await openIn(t, dataDir)
  let count = 0
  const send = () => delivery({ addressee: `a${count}`, params: textsOf(count++) })
  const run = () => ({ block: 'b', page: '1', addressee: `a${count}`, call: JSON.stringify(textsOf(count++)) })
  const first = await queue.add(Array.from({ length: 300 }, send))
  const kept = new Set<number>()
  for (const [index, { job }] of first.entries()) {
    if (index % 10 === 3) kept.add(index)
    else if (index % 10 === 5) await queue.cancel(job.id)
  }
  for (let leases = await claim(queue, 50); leases.length > 0; leases = await claim(queue, 50)) {
    for (const lease of leases) {
      const n = Number(lease.addressee?.slice(1))
      if (kept.has(n)) await queue.kill(lease, { code: 'DYN_CALL_REFUSED', message: 'no' })
      else {
        await queue.setParams(lease, { ...textsOf(n), sent: 1 })
        await queue.finish(lease)
      }
    }
  }
  for (let i = 0; i < 50; i++) {
    const key = `k${i}`
    const n = count
    const late = run()
    if (i % 5 === 4) {
      await queue.addRun({ ...late, idempotencyKey: key }, 'test')
      await queue.withdraw({ block: 'b', page: '1', addressee: late.addressee, idempotencyKey: key })
      continue
    }
    const lease = await queue.addRun({ ...late, idempotencyKey: key }, 'test')
    if (i % 5 === 0) await queue.finish(lease)
    else if (i % 5 === 1) {
      await queue.answer(lease, { operation: lease.operation, params: textsOf(n) }, { code: 'DYN_X', message: 'no' })
      kept.add(n)
    } else {
      await queue.answer(lease, { operation: lease.operation, params: textsOf(n) }, null)
      const answer = (await claim(queue)).find(({ addressee }) => addressee === late.addressee)
      if (i % 5 === 2 && answer) await queue.finish(answer)
      else kept.add(n)
    }
  }
  t.ok(foundIn(dataDir).length > kept.size, 'deleted texts can be found where nothing removes them')
  await queue.sweep()
  t.strictSame(
    foundIn(dataDir),
    [...kept].sort((a, b) => a - b),
  )
  clock.pass(31 * dayMs)
  await store.run(db => db.updateTable('jobs').set({ state: 'dead' }).execute())
  await queue.sweep()
  t.strictSame(foundIn(dataDir), [])
  t.equal((await queue.list({})).length, 0)
})

t.test('the file gets smaller as it holds less', async t => {
  const dataDir = folder(t)
  const { queue } = await openIn(t, dataDir)
  const bytes = () => readFileSync(join(dataDir, 'sends.sqlite')).length
  await queue.add(Array.from({ length: 200 }, (_, n) => delivery({ addressee: null, params: textsOf(n) })))
  await queue.sweep()
  const before = bytes()
  for (const lease of await claim(queue, 200)) await queue.finish(lease)
  await queue.sweep()
  t.ok(bytes() < 0.7 * before, `${bytes()} of ${before}`)
})

t.test('what a release before left in its file is gone after the first start', async t => {
  const dataDir = folder(t)
  const { store, queue } = await openIn(t, dataDir)
  const added = await queue.add(
    Array.from({ length: 200 }, (_, n) => delivery({ addressee: null, params: textsOf(n) })),
  )
  await store.close()
  const file = join(dataDir, 'sends.sqlite')
  const old = new Database(file)
  old.pragma('auto_vacuum = NONE')
  old.exec(`
    vacuum;
    drop index jobs_due_by_kind;
    drop index jobs_dead_by_kind;
    create index jobs_oldest on jobs (due_at) where state in ('waiting', 'running');
    drop table rooms;
    drop table memories;
    alter table dynablock_migrations drop column needs;
    delete from dynablock_migrations where version > 4;
    update jobs set state = 'done' where id % 3 = 0;
    delete from jobs where id % 3 = 1;
  `)
  old.close()
  t.ok(foundIn(dataDir).length > 100, 'deleted texts can be found')
  const { store: opened, queue: swept } = await openIn(t, dataDir)
  await swept.sweep()
  const ids = added.map(({ job }) => Number(job.id))
  t.strictSame(
    foundIn(dataDir),
    ids.flatMap((id, n) => (id % 3 === 2 ? [n] : [])),
  )
  const { rows } = await opened.run(db => sql`pragma auto_vacuum`.execute(db))
  t.strictSame(rows, [{ auto_vacuum: 2 }])
})

t.test('a file that could not be rewritten is left as it is', async t => {
  const dataDir = folder(t)
  const { store, queue } = await openIn(t, dataDir)
  await queue.add(Array.from({ length: 50 }, (_, n) => delivery({ addressee: null, params: textsOf(n) })))
  await store.run(db => sql`pragma auto_vacuum = none`.execute(db))
  await store.run(db => sql`vacuum`.execute(db))
  for (const lease of await claim(queue, 50)) await queue.finish(lease)
  await t.resolves(store.scrub())
  t.strictSame(foundIn(dataDir), [])
})
