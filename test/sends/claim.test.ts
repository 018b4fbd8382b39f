import { addOne, claim, claimOne, ids, onBoth } from './engines.ts'
import { send } from './send.ts'

const refused = { code: 'DYN_CALL_REFUSED', message: 'no\0' }

onBoth('sends to one addressee go one at a time, in order', async (t, { queue }) => {
  const ana = { addressee: 'ana' }
  const added = await queue.add([send(ana), send(ana), send({ addressee: 'bo' }), send({ ...ana, page: '2' }), send()])
  const [first, second, ...others] = ids(added.map(({ send }) => send))
  const leases = await claim(queue)
  t.strictSame(ids(leases), [first, ...others])
  t.match(leases[0], { state: 'running', attempts: 1, takenOver: false })
  t.strictSame(await claim(queue), [])
  for (const lease of leases) t.ok(await queue.finish(lease))
  t.equal((await claimOne(queue)).id, second)
})

onBoth('what is dead, done or cancelled holds up nobody', async (t, { queue }) => {
  const over = { addressee: 'ana' }
  const [a, b, c] = [await addOne(queue, over), await addOne(queue, over), await addOne(queue, over)]
  t.ok(await queue.bury(await claimOne(queue), refused))
  t.match(await queue.get(a), { state: 'dead', lastError: { code: refused.code, message: 'no\ufffd' } })
  t.match(await queue.cancel(b), { state: 'cancelled' })
  const lease = await claimOne(queue)
  t.equal(lease.id, c)
  t.match(await queue.retry(a), { state: 'waiting', attempts: 0 })
  t.strictSame(await claim(queue), [], 'nor may it overtake what is on its way')
  t.ok(await queue.finish(lease))
  t.equal((await claimOne(queue)).id, a)
})

onBoth('one that is not due yet holds back those behind it', async (t, { queue, clock }) => {
  const first = await addOne(queue, { addressee: 'ana', notBefore: clock.now() + 60_000 })
  await addOne(queue, { addressee: 'ana' })
  const bo = await addOne(queue, { addressee: 'bo' })
  t.equal((await claimOne(queue)).id, bo)
  t.equal(await queue.nextDueAt(), clock.now() + 30_000, 'the end of the lease')
  clock.pass(60_000)
  t.strictSame(ids(await claim(queue)), [first, bo])
})

onBoth(
  'a lease that ran out is taken over, and the one who lost it can change nothing',
  async (t, { queue, clock }) => {
    await addOne(queue, { addressee: 'ana' })
    const lost = await claimOne(queue)
    t.equal(lost.leaseUntil, clock.now() + 30_000)
    clock.pass(29_999)
    t.strictSame(await claim(queue), [])
    t.ok(await queue.extend(lost, 10_000))
    clock.pass(9_999)
    t.strictSame(await claim(queue), [])
    clock.pass(1)
    const lease = await claimOne(queue)
    t.match(lease, { id: lost.id, attempts: 2, fence: 2, takenOver: true })
    for (const change of [
      queue.finish(lost),
      queue.bury(lost, refused),
      queue.release(lost),
      queue.extend(lost, 1000),
      queue.retryAt(lost, 0, null, true),
      queue.setParams(lost, { late: true }),
    ]) {
      t.equal(await change, false)
    }
    t.match(await queue.get(lost.id), { state: 'running', params: { n: 1 } })
    t.ok(await queue.release(lease))
    const again = await claimOne(queue)
    t.match(again, { attempts: 2, takenOver: true }, 'still nobody knows')
    await queue.bury(again, refused)
    await queue.retry(lost.id)
    t.match(await claimOne(queue), { attempts: 1, takenOver: false })
  },
)

onBoth('a lease that ran out and that nobody took is still good', async (t, { queue, clock }) => {
  await addOne(queue)
  const lease = await claimOne(queue)
  clock.pass(60_000)
  t.ok(await queue.finish(lease))
  t.equal(await queue.finish(lease), false, 'only once')
})

onBoth('what failed waits; what the limits delay is no attempt', async (t, { queue, clock }) => {
  const id = await addOne(queue)
  const error = { code: 'DYN_CALL_LIMITED', message: 'slow down' }
  t.ok(await queue.retryAt(await claimOne(queue), clock.now() + 1000, error, false))
  t.match(await queue.get(id), { state: 'waiting', attempts: 0, lastError: error, notBefore: clock.now() + 1000 })
  t.equal(await queue.nextDueAt(), clock.now() + 1000)
  t.strictSame(await claim(queue), [])
  clock.pass(1000)
  t.ok(await queue.retryAt(await claimOne(queue), clock.now() - 5, null, true))
  t.match(await queue.get(id), { attempts: 1, lastError: null, notBefore: clock.now() })
  t.ok(await queue.release(await claimOne(queue)))
  t.match(await queue.get(id), { attempts: 1, state: 'waiting' })
  t.match(await claimOne(queue), { attempts: 2 })
})

onBoth('a page with 10,000 waiting delays no other', async (t, { queue }) => {
  await queue.add(Array.from({ length: 10_000 }, () => send({ page: 'big' })))
  const others = await queue.add(Array.from({ length: 7 }, (_, i) => send({ page: `small ${i}`, addressee: 'ana' })))
  const first = await claim(queue, 20)
  t.equal(first.length, 20)
  t.strictSame(ids(first.filter(({ page }) => page !== 'big')), ids(others.map(({ send }) => send)))
  // With one at a time, pages take turns.
  await queue.add(Array.from({ length: 2 }, () => send({ page: 'a' })))
  await queue.add(Array.from({ length: 2 }, () => send({ page: 'z' })))
  const pages: (string | null)[] = []
  for (let i = 0; i < 6; i++) pages.push((await claimOneOf(1))?.page ?? null)
  t.strictSame(pages.toSorted(), ['a', 'a', 'big', 'big', 'z', 'z'])

  async function claimOneOf(limit: number) {
    return (await claim(queue, limit))[0]
  }
})

onBoth('lines that are skipped leave room for the others', async (t, { queue }) => {
  await queue.add(Array.from({ length: 100 }, () => send()))
  const flow = await addOne(queue, { operation: 'sending.sendFlow' })
  const other = await addOne(queue, { page: null })
  const skip = [{ page: '1', operation: 'sending.sendContent' }]
  const leases = await queue.claim({ worker: 'test', limit: 10, leaseMs: 1000, skip })
  t.strictSame(ids(leases), [flow, other])
})

onBoth('sends held back in many lines hide none behind them', async (t, { queue }) => {
  const pages = Array.from({ length: 30 }, (_, i) => `p${10 + i}`)
  await queue.add(pages.flatMap(page => [send({ page, addressee: 'ana' }), send({ page, addressee: 'ana' })]))
  t.equal((await claim(queue, 30)).length, 30)
  const last = await addOne(queue, { page: 'z' })
  t.strictSame(ids(await claim(queue, 2)), [last])
})
