/** The clock of the store jumps; what was promised for seconds takes seconds. */
import { createQueue } from '../../src/sends/queue.ts'
import { createTestClock } from '../manychat/clock.ts'
import type { Bench } from './engines.ts'
import { addOne, claim, claimOne, ids, onBoth } from './engines.ts'

const hourMs = 3_600_000

/** A wall clock that can jump, and a steady one that can't. */
function setUp({ store }: Bench) {
  const wall = createTestClock()
  const steady = createTestClock(0)
  return { now: wall.now, jump: wall.pass, pass, open: () => createQueue(store, { now: wall.now, steady: steady.now }) }

  function pass(ms: number): void {
    wall.pass(ms)
    steady.pass(ms)
  }
}

onBoth('an hour forward: nobody loses a lease for it', async (t, bench) => {
  const { jump, pass, open } = setUp(bench)
  const queue = open()
  await addOne(queue)
  await claimOne(queue)
  pass(10_000)
  t.strictSame(await claim(queue), [])
  jump(hourMs)
  t.strictSame(await claim(queue), [])
  pass(19_000)
  t.strictSame(await claim(queue), [])
  pass(1000)
  t.equal((await claim(queue)).length, 1)
})

onBoth('an hour back: leases and delays take no hour longer', async (t, bench) => {
  const { now, jump, pass, open } = setUp(bench)
  const queue = open()
  const [held, failed] = [await addOne(queue), await addOne(queue)]
  const dated = await addOne(queue, { notBefore: now() + 60_000 })
  const leases = await claim(queue)
  t.strictSame(ids(leases), [held, failed])
  if (leases[1]) await queue.retryAt(leases[1], now() + 10_000, null, true)
  const fresh = await addOne(queue)
  jump(-hourMs)
  t.equal((await claimOne(queue)).id, fresh)
  pass(10_000)
  t.equal((await claimOne(queue)).id, failed)
  pass(20_000)
  t.strictSame(ids(await claim(queue)), [held, fresh])
  pass(hourMs)
  t.ok(ids(await claim(queue)).includes(dated) === false, 'what somebody dated waits for its date')
  pass(30_000)
  t.ok(ids(await claim(queue)).includes(dated))
})

onBoth('an hour back while nothing ran', async (t, bench) => {
  const { jump, pass, open } = setUp(bench)
  const queue = open()
  const [held, waiting] = [await addOne(queue), await addOne(queue, { page: '2' })]
  await queue.claim({ worker: 'dies', limit: 1, leaseMs: 30_000 })
  jump(-hourMs)
  const restarted = open()
  t.equal((await claimOne(restarted)).id, waiting)
  pass(30_000)
  t.ok(ids(await claim(restarted)).includes(held))
})
