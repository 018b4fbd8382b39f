import { randomUUID } from 'node:crypto'
import type { LateReply, Queue } from '../../src/sends/send.ts'
import { addOne, claim, claimOne, ids, onBoth } from './engines.ts'
import { send } from './send.ts'

const call = { block: 'size', input: '9007199254740993123' }

function lateReply(key: string = randomUUID()): LateReply {
  return { ...send({ addressee: 'ana', call }), params: null, idempotencyKey: key }
}

function addLate(queue: Queue, key?: string) {
  return queue.addRunning(lateReply(key), 'test', 30_000)
}

onBoth('a late reply is made, kept and delivered under one lease', async (t, { queue, clock }) => {
  const lease = await addLate(queue)
  t.match(lease, { state: 'running', attempts: 1, fence: 1, call, params: null, leaseUntil: clock.now() + 30_000 })
  t.strictSame(await claim(queue), [])
  t.equal(await queue.setParams(lease, { done: true }), true)
  t.match(await queue.get(lease.id), { state: 'running', params: { done: true } })
  t.ok(await queue.finish(lease))
})

onBoth('several to one contact are made at once, and delivered in the order of their calls', async (t, { queue }) => {
  const [first, second] = [await addLate(queue), await addLate(queue)]
  const third = await addOne(queue, { addressee: 'ana' })
  t.equal(await queue.setParams(second, { n: 2 }), false, 'not its turn yet')
  t.match(await queue.get(second.id), { state: 'waiting', params: { n: 2 }, attempts: 0 })
  t.strictSame(await claim(queue), [])
  t.equal(await queue.setParams(first, { n: 1 }), true)
  t.strictSame(await claim(queue), [])
  t.ok(await queue.finish(first))
  const lease = await claimOne(queue)
  t.match(lease, { id: second.id, attempts: 1, takenOver: false })
  t.ok(await queue.finish(lease))
  t.equal((await claimOne(queue)).id, third)
})

onBoth('what is being made waits with its delivery until nobody else is on his way', async (t, { queue }) => {
  const dead = await addOne(queue, { addressee: 'ana' })
  await queue.bury(await claimOne(queue), { code: 'DYN_CALL_REFUSED', message: 'no' })
  const late = await addLate(queue)
  await queue.retry(dead)
  const earlier = await claimOne(queue)
  t.equal(earlier.id, dead)
  t.equal(await queue.setParams(late, {}), false)
  await queue.finish(earlier)
  t.equal((await claimOne(queue)).id, late.id)
})

onBoth('the late replies of a process that died are made again', async (t, { queue, clock }) => {
  const made = [await addLate(queue), await addLate(queue)]
  clock.pass(30_000)
  const leases = await claim(queue)
  t.strictSame(ids(leases), ids(made))
  t.match(leases, [
    { attempts: 2, call, params: null, takenOver: false },
    { attempts: 2, call },
  ])
  t.equal(await queue.setParams(made[0] as (typeof made)[0], {}), false)
  t.equal(await queue.setParams(leases[0] as (typeof leases)[0], {}), true)
})

onBoth('a late reply of a known key is refused', async (t, { queue }) => {
  await addOne(queue, { idempotencyKey: 'k' })
  await t.rejects(addLate(queue, 'k'), { code: 'DYN_IDEMPOTENCY_CONFLICT' })
})

onBoth('a late reply that nobody was promised is taken back, whoever makes it', async (t, { queue, clock }) => {
  const lease = await addLate(queue, 'k')
  const behind = await addOne(queue, { addressee: 'ana' })
  clock.pass(30_000)
  const takenOver = await claimOne(queue)
  await queue.withdraw(lateReply('k'))
  t.match(await queue.get(lease.id), { state: 'cancelled' })
  t.equal(await queue.setParams(takenOver, {}), false)
  t.equal((await claimOne(queue)).id, behind)
})

onBoth('one whose content is there already is taken back as long as it waits', async (t, { queue }) => {
  const lease = await addLate(queue, 'k')
  await queue.setParams(lease, {})
  await queue.release(lease)
  await queue.withdraw(lateReply('k'))
  t.match(await queue.get(lease.id), { state: 'cancelled' })
  const onItsWay = await addLate(queue, 'other')
  await queue.setParams(onItsWay, {})
  await queue.withdraw(lateReply('other'))
  t.match(await queue.get(onItsWay.id), { state: 'running' })
  t.ok(await queue.finish(onItsWay))
  await queue.withdraw(lateReply('other'))
  t.match(await queue.get(onItsWay.id), { state: 'done' })
})

onBoth('one that comes after it was taken back is refused', async (t, { queue }) => {
  await queue.withdraw(lateReply('k'))
  t.match(await queue.list({}), [{ state: 'cancelled', call: null }])
  await t.rejects(addLate(queue, 'k'), { code: 'DYN_IDEMPOTENCY_CONFLICT' })
  t.strictSame(await claim(queue), [])
})
