/** What a late reply does when the store fails it, without a server. */
import t, { type Test } from 'tap'
import type { Outcome } from '../../src/blocks/run.ts'
import type { Entry } from '../../src/blocks/work.ts'
import { createError } from '../../src/errors.ts'
import { defineBlock } from '../../src/index.ts'
import { createLateReplies, type LateRepliesOptions } from '../../src/sends/late-replies.ts'
import { createStoreWatch } from '../../src/sends/store-watch.ts'
import { createManualClock } from './manual-clock.ts'
import { createMemoryQueue } from './memory-queue.ts'

const entry = {
  name: 'block',
  block: defineBlock({ open: () => 'Hello' }),
  step: null,
  id: 'x',
  attempt: 1,
  contact: { id: '55' },
  page: '7',
  channel: 'messenger',
  input: null,
  extras: {},
  log: console as unknown as Entry['log'],
} as const satisfies Entry
const said: Outcome = { content: { messages: [{ type: 'text', text: 'Later' }] }, json: '' }

function setUp(t: Test, over: Partial<LateRepliesOptions> = {}) {
  const clock = createManualClock()
  const queue = createMemoryQueue(clock.now)
  const lease = new AbortController()
  /** What waited when the worker was woken. */
  const woken: Promise<unknown>[] = []
  const work = {
    signal: new AbortController().signal,
    reasons: [] as unknown[],
    abort: (reason: Error) => work.reasons.push(reason),
  }
  const log = { debug() {}, info() {}, error() {}, warn() {}, child: () => log }
  const late = createLateReplies({
    queue,
    blocks: { get: () => undefined, names: () => [], stop() {} },
    rerun: () => t.fail('nothing is run again') as never,
    requirePage: () => {},
    isOpen: () => true,
    persist: createStoreWatch({ clock, log, onCaughtUp() {} }).persist,
    keepLease: () => ({ signal: lease.signal, abort() {}, drop() {} }),
    wakeWorker: () => woken.push(queue.list({ state: 'waiting' })),
    leaseMs: 1000,
    now: () => 0,
    worker: 'test',
    log,
    metrics: { count() {} },
    ...over,
  })
  return { queue, clock, late, lease, work, woken }
}

t.test('content that can not be stored just now is stored when the store is back', async t => {
  const { queue, clock, late, work, woken } = setUp(t)
  const { setParams } = queue
  queue.setParams = async (...given) => {
    queue.setParams = setParams
    throw createError('DYN_STORE_FAILED', { store: given[0].id, got: 'ECONNREFUSED' })
  }
  await late.take(entry, Promise.resolve(said), work)
  await clock.pass(500)
  await late.settled()
  t.match(await queue.get('1'), { state: 'waiting', params: { subscriber_id: '55', data: { content: said.content } } })
  t.match(await Promise.all(woken), [[{ id: '1' }]], 'the worker is woken for it, once')
})

t.test('a handler that returns nothing has nothing to be delivered', async t => {
  const { queue, late, work } = setUp(t)
  await late.take(entry, Promise.resolve({ content: { messages: [] }, json: '' }), work)
  await late.settled()
  t.match(await queue.get('1'), { state: 'done' })
})

t.test('a reply that was stored too late is not promised, and is not delivered', async t => {
  const { queue, late, work } = setUp(t)
  await t.rejects(late.take(entry, Promise.resolve(said), { ...work, signal: AbortSignal.abort() }))
  await late.settled()
  t.match(await queue.get('1'), { state: 'cancelled' })
})

t.test('one that the store took, and could not say so, is taken back when the store is there again', async t => {
  const { queue, clock, late, work } = setUp(t)
  const { addRunning } = queue
  queue.addRunning = async (...given) => {
    await addRunning(...given)
    queue.fault.isAway = true
    throw createError('DYN_STORE_FAILED', { store: 'memory', got: 'ECONNRESET' })
  }
  await t.rejects(late.take(entry, Promise.resolve(said), work), { code: 'DYN_STORE_FAILED' })
  await clock.pass(30_000)
  t.match(queue.rows, [{ state: 'running' }])
  queue.fault.isAway = false
  await clock.pass(5000)
  await late.settled()
  t.match(queue.rows, [{ state: 'cancelled' }])
})

t.test('a store that was never there has nothing to be taken back', async t => {
  const { queue, late, work } = setUp(t, { isOpen: () => false })
  queue.fault.isAway = true
  await t.rejects(late.take(entry, Promise.resolve(said), work), { code: 'DYN_STORE_FAILED' })
  await late.settled()
  t.strictSame(queue.calls, ['addRunning'])
})

t.test('a lease that is lost aborts the handler, and nothing is stored', async t => {
  const { queue, late, work, lease } = setUp(t)
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  await late.take(entry, promise, work)
  lease.abort()
  t.match(work.reasons, [{ code: 'DYN_LEASE_LOST' }])
  resolve(said)
  await late.settled()
  t.match(await queue.get('1'), { params: null })
})

t.test('a block or step that is gone shows the fallback', async t => {
  const { late, queue } = setUp(t)
  const lease = await queue.addRunning(
    {
      operation: 'sending.sendContent',
      page: '7',
      addressee: '55',
      params: null,
      idempotencyKey: 'k',
      call: { ...entry, block: null, log: null },
    },
    'test',
    1000,
  )
  const params = await late.resume(lease, AbortSignal.abort())
  t.match(params, { subscriber_id: '55', data: { content: { messages: [{ text: /^Sorry/ }] } } })
  const withStep = setUp(t, { blocks: { get: () => entry.block, names: () => [], stop() {} } })
  const step = { ...lease, call: { ...lease.call, step: 'gone' } }
  t.match(await withStep.late.resume(step, AbortSignal.abort()), {
    data: { content: { messages: [{ text: /^Sorry/ }] } },
  })
})
