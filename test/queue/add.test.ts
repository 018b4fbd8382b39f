import type { NewDelivery } from '../../src/queue/job.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { addOne, claimOne, countRows, onBoth } from '../store/engines.ts'
import { delivery, run } from './delivery.ts'

onBoth('a send comes back as it was added, with exact ids', async (t, { queue, clock }) => {
  const params = { subscriber_id: '9007199254740993123', data: { n: 1, text: 'Olá 👋 "\\' } }
  const [added] = await queue.add([delivery({ page: '12345678901234567', addressee: 'user\0one', params })])
  t.equal(added?.existed, false)
  const found = await queue.get(added?.job.id ?? '')
  t.strictSame(found, added?.job)
  t.match(found, {
    operation: 'sending.sendContent',
    page: '12345678901234567',
    addressee: 'user\ufffdone',
    params,
    kind: 'delivery',
    isLateReply: false,
    call: null,
    state: 'waiting',
    attempts: 0,
    lastError: null,
    notBefore: clock.now(),
    createdAt: clock.now(),
    onUnknown: 'retry',
    idempotencyKey: null,
  })
})

onBoth('the same key and body again is the same send', async (t, { queue }) => {
  const body = delivery({ idempotencyKey: 'k', params: { a: 1, b: { c: [1, 2], d: '9007199254740993123' } } })
  const again = { ...body, params: { b: { d: 9007199254740993123n, c: [1, 2] }, a: 1 } }
  const [first] = await queue.add([body])
  const lease = await claimOne(queue)
  await queue.finish(lease)
  const [second] = await queue.add([again])
  t.equal(second?.existed, true)
  t.equal(second?.job.id, first?.job.id)
  t.equal(second?.job.state, 'done')
})

onBoth('a setting that changed since makes no other body', async (t, { queue }) => {
  const added = delivery({ idempotencyKey: 'k' })
  const [first] = await queue.add([{ ...added, defaultOnUnknown: 'hold' }])
  t.equal(first?.job.onUnknown, 'hold')
  const [second] = await queue.add([{ ...added, defaultOnUnknown: 'retry' }])
  t.match(second, { existed: true, job: { onUnknown: 'hold' } })
  const [said] = await queue.add([delivery({ onUnknown: 'retry', defaultOnUnknown: 'hold' })])
  t.equal(said?.job.onUnknown, 'retry')
})

onBoth('the same key with another body adds nothing', async (t, { queue, store }) => {
  await queue.add([delivery({ idempotencyKey: 'k' })])
  const others: Partial<NewDelivery>[] = [{ params: {} }, { page: '2' }, { notBefore: 5 }, { onUnknown: 'hold' }]
  for (const other of others) {
    const batch = [delivery(), delivery({ idempotencyKey: 'k', ...other })]
    await t.rejects(queue.add(batch), { code: 'DYN_IDEMPOTENCY_CONFLICT', status: 409 })
  }
  t.equal(await countRows(store), 1)
})

onBoth('a key that comes twice in one batch is one send', async (t, { queue, store }) => {
  const keyed = delivery({ idempotencyKey: 'k' })
  const added = await queue.add([delivery(), keyed, delivery(), keyed, delivery()])
  t.strictSame(
    added.map(({ existed }) => existed),
    [false, false, false, true, false],
  )
  const ids = added.map(({ job }) => job.id)
  t.equal(ids[3], ids[1])
  t.equal(await countRows(store), 4)
})

onBoth('of those who add the same key at once, one adds', async (t, { queue, open, store }) => {
  const queues = [queue, createQueue(await open()), createQueue(await open())]
  const keys = Array.from({ length: 20 }, (_, i) => delivery({ idempotencyKey: `key ${i}` }))
  // In opposite orders, so that on PostgreSQL they wait for each other.
  const batches = await Promise.all(
    queues.flatMap(queue => [queue.add(keys), queue.add(keys.toReversed()).then(added => added.toReversed())]),
  )
  t.equal(await countRows(store), 20)
  for (const i of keys.keys()) {
    const added = batches.map(batch => batch[i])
    t.equal(new Set(added.map(one => one?.job.id)).size, 1)
    t.equal(added.filter(one => !one?.existed).length, 1)
  }
})

onBoth('10,000 sends are added in their order, all at once', async (t, { queue, store }) => {
  const sends = Array.from({ length: 10_000 }, (_, n) =>
    delivery({ params: { n }, idempotencyKey: n % 2 ? `k${n}` : null }),
  )
  const added = await queue.add(sends)
  const ids = added.map(({ job }) => Number(job.id))
  t.ok(ids.every((id, i) => i === 0 || id > (ids[i - 1] as number)))
  t.equal((await queue.get(String(ids[7777])))?.params?.n, 7777)
  t.ok((await queue.add(sends.filter(({ idempotencyKey }) => idempotencyKey))).every(({ existed }) => existed))
  t.equal(await countRows(store), 10_000)
  t.strictSame(await queue.add([]), [])
})

onBoth('who waits for work is told in this process at once', async (t, { queue }) => {
  let told = 0
  const stop = queue.onAdded(() => told++)
  const tells = async (change: () => Promise<unknown>) => {
    const before = told
    await change()
    return told > before
  }
  let id = ''
  t.ok(await tells(async () => (id = await addOne(queue))))
  await queue.kill(await claimOne(queue), { code: 'DYN_CALL_REFUSED', message: 'no' })
  t.ok(await tells(() => queue.retry(id)))
  stop()
  t.notOk(await tells(() => addOne(queue)))
})

onBoth('ids of another form find nothing', async (t, { queue }) => {
  for (const id of ['1', 'x', '', '1e3', '-1', '99999999999999999999']) {
    t.equal(await queue.get(id), null)
    t.equal(await queue.retry(id), null)
    t.equal(await queue.cancel(id), null)
  }
  t.strictSame(await queue.list({ before: 'x' }), [])
})

onBoth('integers stay integers, whatever their length, and text stays text', async (t, { queue }) => {
  const params = { id: 9007199254740993123n, money: 1700000000000000, digits: '1700000000000000', n: 7 }
  const [added] = await queue.add([delivery({ params })])
  t.strictSame(added?.job.params, params)
  t.strictSame((await queue.get(added?.job.id ?? ''))?.params, params)
})

onBoth('a run begins with its process', async (t, { queue, clock }) => {
  const call = '{"id":"x","state":{"cents":1700000000000000}}'
  const lease = await queue.addRun(run({ call }), 'test')
  t.match(lease, { kind: 'run', block: 'size', state: 'running', attempts: 1, failures: 0, params: null, call })
  t.match(lease, { isLateReply: true, dueAt: clock.now(), takenOver: false })
  t.match(await queue.get(lease.id), { state: 'running', call })
})
