import { createQueue } from '../../src/queue/queue.ts'
import { addOne, claim, claimOne, countRows, ids, idsOf, onBoth } from '../store/engines.ts'
import { delivery, run } from './delivery.ts'

const dayMs = 86_400_000
const refused = { code: 'DYN_CALL_REFUSED', message: 'no' }

onBoth('jobs are listed newest first, page by page', async (t, { queue }) => {
  const added = await queue.add(
    Array.from({ length: 7 }, (_, i) => delivery({ page: i % 2 ? 'odd' : 'even', addressee: `c${i % 3}` })),
  )
  const all = idsOf(added).toReversed()
  t.strictSame(ids(await queue.list({})), all)
  t.strictSame(ids(await queue.list({ limit: 3 })), all.slice(0, 3))
  t.strictSame(ids(await queue.list({ limit: 3, before: all[2] as string })), all.slice(3, 6))
  t.strictSame(ids(await queue.list({ page: 'odd', addressee: 'c0' })), [all[3]])
  t.strictSame(await queue.list({ page: '\0', addressee: '\0' }), [], 'no store can compare with that')
  await queue.cancel(all[0] as string)
  t.strictSame(ids(await queue.list({ state: 'cancelled' })), [all[0]])
  t.equal((await queue.list({ state: 'waiting', limit: 1e9 })).length, 6)
})

onBoth('only what is unfinished can be cancelled, only what is dead retried', async (t, { queue }) => {
  const id = await addOne(queue)
  t.equal(await queue.retry(id), false)
  await queue.kill(await claimOne(queue), refused)
  t.equal(await queue.cancel(id), false)
  t.match(await queue.retry(id), { id, state: 'waiting', lastError: refused })
  t.match(await queue.cancel(id), { id, state: 'cancelled' })
})

onBoth('what is over is deleted: after 7 days, dead after 30', async (t, { queue, store, clock }) => {
  await queue.add(Array.from({ length: 1200 }, () => delivery()))
  await store.run(db => db.updateTable('jobs').set({ state: 'done' }).execute())
  const cancelled = await addOne(queue)
  await queue.cancel(cancelled)
  const dead = await addOne(queue)
  await queue.kill(await claimOne(queue), refused)
  const waiting = await addOne(queue, { notBefore: clock.now() + 100 * dayMs })
  clock.pass(7 * dayMs)
  t.equal(await queue.sweep(), 0)
  clock.pass(1)
  t.equal(await queue.sweep(), 1201)
  t.strictSame(ids(await queue.list({})), [waiting, dead])
  clock.pass(23 * dayMs)
  t.equal(await queue.sweep(), 1)
  t.equal(await countRows(store), 1)
})

onBoth('the queue is counted, and how long it has been waiting', async (t, { queue, clock }) => {
  t.strictSame(await queue.stats(), {
    byState: [],
    oldestWaitingSeconds: 0,
    oldestOutcomeSeconds: 0,
    newestDeadSeconds: null,
  })
  t.equal(await queue.nextDueAt('delivery'), null)
  await queue.add([
    delivery({ addressee: 'ana' }),
    delivery({ addressee: 'ana' }),
    delivery({ operation: 'sending.sendFlow' }),
    delivery({ notBefore: clock.now() + dayMs }),
  ])
  await queue.addRun(run({ addressee: 'bo' }), 'test')
  t.equal(await queue.nextDueAt('delivery'), clock.now() + dayMs)
  clock.pass(1500)
  for (const lease of await claim(queue)) {
    if (lease.operation === 'sending.sendFlow') await queue.kill(lease, refused)
  }
  const expected = {
    byState: [
      { operation: 'sending.sendFlow', state: 'dead', count: 1 },
      { operation: 'run', state: 'running', count: 1 },
      { operation: 'sending.sendContent', state: 'running', count: 1 },
      { operation: 'sending.sendContent', state: 'waiting', count: 2 },
    ],
    // Includes running jobs, which may hang.
    oldestWaitingSeconds: 1.5,
    oldestOutcomeSeconds: 0,
    newestDeadSeconds: 0,
  }
  t.strictSame(await queue.stats(), expected)
  await queue.foldCounts()
  t.strictSame(await queue.stats(), expected, 'adding up changes nothing')
})

onBoth('what is retried for hours is seen as waiting that long', async (t, { queue, clock }) => {
  await addOne(queue)
  for (let hour = 0; hour < 3; hour++) {
    await queue.retryAt(await claimOne(queue), { at: clock.now() + 3_600_000, error: refused, countsAsAttempt: true })
    clock.pass(3_600_000)
  }
  t.equal((await queue.stats()).oldestWaitingSeconds, 3 * 3600)
})

onBoth('what runs, and what is held back by it, is seen as waiting', async (t, { queue, clock }) => {
  await queue.addRun(run({ addressee: 'ana' }), 'test')
  await addOne(queue, { addressee: 'ana' })
  clock.pass(7_200_000)
  await addOne(queue, { addressee: 'bo' })
  await queue.finish(await claimOne(queue))
  t.equal((await queue.stats()).oldestWaitingSeconds, 7200)
})

onBoth('how long ago the latest died is known, whatever died or was deleted before', async (t, { queue, clock }) => {
  const dead = async () => (await queue.stats()).newestDeadSeconds
  const first = await addOne(queue)
  await queue.kill(await claimOne(queue), refused)
  clock.pass(60_000)
  t.equal(await dead(), 60)
  await addOne(queue)
  await queue.kill(await claimOne(queue), refused)
  clock.pass(1000)
  t.equal(await dead(), 1)
  await queue.retry(first)
  await queue.kill(await claimOne(queue), refused)
  t.equal(await dead(), 0)
  clock.pass(31 * dayMs)
  await queue.sweep()
  t.equal(await dead(), null)
})

onBoth('outcomes have an age of their own', async (t, { store, clock }) => {
  const queue = createQueue(store, { now: clock.now, tellsOutcomes: true })
  const ages = async () => {
    const { oldestWaitingSeconds, oldestOutcomeSeconds, newestDeadSeconds } = await queue.stats()
    return [oldestWaitingSeconds, oldestOutcomeSeconds, newestDeadSeconds]
  }
  await addOne(queue)
  await queue.finish(await claimOne(queue))
  clock.pass(60_000)
  t.strictSame(await ages(), [0, 60, null])
  await addOne(queue)
  clock.pass(1000)
  t.strictSame(await ages(), [1, 61, null])
  await queue.kill(await claimOne(queue, 'outcome'), refused)
  t.strictSame(await ages(), [1, 0, null], 'a dead one is no dead send')
})
