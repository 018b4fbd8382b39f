import { addOne, claim, claimOne, countRows, ids, onBoth } from './engines.ts'
import { send } from './send.ts'

const dayMs = 86_400_000
const refused = { code: 'DYN_CALL_REFUSED', message: 'no' }

onBoth('sends are listed newest first, page by page', async (t, { queue }) => {
  const added = await queue.add(
    Array.from({ length: 7 }, (_, i) => send({ page: i % 2 ? 'odd' : 'even', addressee: `c${i % 3}` })),
  )
  const all = ids(added.map(({ send }) => send)).toReversed()
  t.strictSame(ids(await queue.list({})), all)
  t.strictSame(ids(await queue.list({ limit: 3 })), all.slice(0, 3))
  t.strictSame(ids(await queue.list({ limit: 3, before: all[2] as string })), all.slice(3, 6))
  t.strictSame(ids(await queue.list({ page: 'odd', addressee: 'c0' })), [all[3]])
  await queue.cancel(all[0] as string)
  t.strictSame(ids(await queue.list({ state: 'cancelled' })), [all[0]])
  t.equal((await queue.list({ state: 'waiting', limit: 1e9 })).length, 6)
})

onBoth('only what waits can be cancelled, only what is dead retried', async (t, { queue }) => {
  const id = await addOne(queue)
  t.equal(await queue.retry(id), false)
  const lease = await claimOne(queue)
  t.equal(await queue.cancel(id), false)
  await queue.bury(lease, refused)
  t.equal(await queue.cancel(id), false)
  t.match(await queue.retry(id), { id, state: 'waiting', lastError: refused })
  t.match(await queue.cancel(id), { id, state: 'cancelled' })
})

onBoth('what is over is deleted: after 7 days, dead after 30', async (t, { queue, store, clock }) => {
  await queue.add(Array.from({ length: 2500 }, () => send()))
  for (let leases = await claim(queue, 500); leases.length > 0; leases = await claim(queue, 500)) {
    await Promise.all(leases.map(lease => queue.finish(lease)))
  }
  const cancelled = await addOne(queue)
  await queue.cancel(cancelled)
  const dead = await addOne(queue)
  await queue.bury(await claimOne(queue), refused)
  const waiting = await addOne(queue, { notBefore: clock.now() + 100 * dayMs })
  clock.pass(7 * dayMs)
  t.equal(await queue.sweep(), 0)
  clock.pass(1)
  t.equal(await queue.sweep(), 2501)
  t.strictSame(ids(await queue.list({})), [waiting, dead])
  clock.pass(23 * dayMs)
  t.equal(await queue.sweep(), 1)
  t.equal(await countRows(store), 1)
})

onBoth('the queue is counted, and how long it has been waiting', async (t, { queue, clock }) => {
  t.strictSame(await queue.stats(), { byState: [], oldestWaitingSeconds: 0 })
  t.equal(await queue.nextDueAt(), null)
  await queue.add([send({ addressee: 'ana' }), send({ addressee: 'ana' }), send({ operation: 'sending.sendFlow' })])
  t.equal(await queue.nextDueAt(), clock.now())
  clock.pass(1500)
  t.equal((await queue.stats()).oldestWaitingSeconds, 1.5)
  const [first, flow] = await claim(queue)
  if (first && flow) await queue.bury(flow, refused)
  t.strictSame(await queue.stats(), {
    byState: [
      { operation: 'sending.sendFlow', state: 'dead', count: 1 },
      { operation: 'sending.sendContent', state: 'running', count: 1 },
      { operation: 'sending.sendContent', state: 'waiting', count: 1 },
    ],
    oldestWaitingSeconds: 0,
  })
})
