import { addOne, claim, claimOne, ids, idsOf, onBoth } from '../store/engines.ts'
import { delivery, run } from './delivery.ts'

const refused = { code: 'DYN_CALL_REFUSED', message: 'no\0' }
const retry = { error: null, countsAsAttempt: true }

onBoth('what failed waits; what the limits delay is no attempt', async (t, { queue, clock }) => {
  const id = await addOne(queue)
  const error = { code: 'DYN_CALL_LIMITED', message: 'slow down' }
  const at = clock.now() + 1000
  t.ok(await queue.retryAt(await claimOne(queue), { at, error, countsAsAttempt: false, failures: 1 }))
  t.match(await queue.get(id), { state: 'waiting', attempts: 0, failures: 1, lastError: error, notBefore: at })
  t.equal(await queue.nextDueAt('delivery'), at)
  t.equal(await queue.nextDueAt('run'), null)
  t.strictSame(await claim(queue), [])
  clock.pass(1000)
  t.equal(await queue.nextDueAt('delivery'), null, 'what is due already is there to be claimed')
  t.ok(await queue.retryAt(await claimOne(queue), { at: clock.now() - 5, ...retry }))
  t.match(await queue.get(id), { attempts: 1, failures: 0, lastError: null, notBefore: clock.now() })
  t.ok(await queue.release(await claimOne(queue), false))
  t.match(await queue.get(id), { attempts: 1, state: 'waiting' })
  t.match(await claimOne(queue), { attempts: 2 })
})

onBoth('a lease is known by a random token: one of another claim changes nothing', async (t, { queue }) => {
  const id = await addOne(queue)
  const lost = await claimOne(queue)
  await queue.release(lost, false)
  const lease = await claimOne(queue)
  // As after a restore: the same id, held by another.
  t.equal(lease.id, lost.id)
  t.not(lease.lease, lost.lease)
  const changes = [
    queue.finish(lost),
    queue.kill(lost, refused),
    queue.release(lost, true),
    queue.retryAt(lost, { at: 0, ...retry }),
    queue.setParams(lost, { late: true }),
    queue.answer(lost, delivery(), null),
  ]
  for (const change of changes) t.equal(await change, false)
  t.match(await queue.get(id), { state: 'running', params: { n: 1 } })
  t.ok(await queue.finish(lease))
  t.equal(await queue.finish(lease), false, 'only once')
})

onBoth('a page with 10,000 waiting delays no other', async (t, { queue }) => {
  await queue.add(Array.from({ length: 10_000 }, () => delivery({ page: 'big' })))
  const others = await queue.add(
    Array.from({ length: 7 }, (_, i) => delivery({ page: `small ${i}`, addressee: 'ana' })),
  )
  const first = await claim(queue, 20)
  t.equal(first.length, 20)
  t.strictSame(ids(first.filter(({ page }) => page !== 'big')), idsOf(others))
  // With one at a time, pages take turns.
  await queue.add(Array.from({ length: 2 }, () => delivery({ page: 'a' })))
  await queue.add(Array.from({ length: 2 }, () => delivery({ page: 'z' })))
  const pages: (string | null)[] = []
  for (let i = 0; i < 6; i++) pages.push((await claim(queue, 1))[0]?.page ?? null)
  t.strictSame(pages.toSorted(), ['a', 'a', 'big', 'big', 'z', 'z'])
})

onBoth('lines that are skipped leave room for the others', async (t, { queue }) => {
  await queue.add(Array.from({ length: 100 }, () => delivery()))
  const flow = await addOne(queue, { operation: 'sending.sendFlow' })
  const other = await addOne(queue, { page: null })
  const leases = await queue.claim({ kind: 'delivery', worker: 'test', limit: 10, skip: ['1 sending.sendContent'] })
  t.strictSame(ids(leases), [flow, other])
})

onBoth('answers go before bulk, and bulk is not starved', async (t, { queue }) => {
  const bulk = idsOf(await queue.add(Array.from({ length: 50 }, () => delivery())))
  const answers = idsOf(await queue.add(Array.from({ length: 50 }, () => delivery({ priority: 0 }))))
  const claimed: string[] = []
  for (let i = 0; i < 50; i++) claimed.push(...ids(await claim(queue, 1)))
  const early = claimed.filter(id => bulk.includes(id))
  t.equal(early.length, 10, 'one in five')
  t.strictSame(early, bulk.slice(0, 10), 'and the oldest of it')
  t.strictSame(
    claimed.filter(id => answers.includes(id)),
    answers.slice(0, 40),
  )
})

onBoth('a run goes to a worker that knows its block, and after a day to any', async (t, { queue, clock }) => {
  for (const block of ['known', 'unknown']) {
    await queue.release(await queue.addRun(run({ block, addressee: block }), 'gone'), true)
  }
  const knows = (line: string) => line === 'block known'
  const claimRuns = () => queue.claim({ kind: 'run', worker: 'test', limit: 10, knows })
  t.match(await claimRuns(), [{ block: 'known', attempts: 2 }])
  clock.pass(86_399_999)
  t.strictSame(await claimRuns(), [])
  clock.pass(1)
  t.match(await claimRuns(), [{ block: 'unknown', attempts: 2 }])
})

onBoth('runs and deliveries are claimed apart', async (t, { queue }) => {
  const sent = await addOne(queue)
  const lease = await queue.addRun(run(), 'gone')
  await queue.release(lease, false)
  t.strictSame(ids(await claim(queue)), [sent])
  t.strictSame(ids(await claim(queue, 10, 'run')), [lease.id])
})
