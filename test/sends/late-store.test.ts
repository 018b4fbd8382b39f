/** What a late reply does when the store fails it, without a server. */
import t, { type Test } from 'tap'
import type { Outcome } from '../../src/blocks/run.ts'
import type { Entry } from '../../src/blocks/work.ts'
import { createError } from '../../src/errors.ts'
import { defineBlock } from '../../src/index.ts'
import { createLateReplies, type LateRepliesOptions } from '../../src/sends/late-replies.ts'
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
  const queue = createMemoryQueue(() => Date.now())
  const lease = new AbortController()
  const warnings: object[] = []
  const work = {
    signal: new AbortController().signal,
    reasons: [] as unknown[],
    abort: (reason: Error) => work.reasons.push(reason),
  }
  const log = { debug() {}, info() {}, error() {}, warn: (details: object) => warnings.push(details), child: () => log }
  const late = createLateReplies({
    queue,
    blocks: { get: () => undefined, names: () => [], stop() {} },
    rerun: () => t.fail('nothing is run again') as never,
    requirePage: () => {},
    keepLease: () => ({ signal: lease.signal, abort() {}, drop() {} }),
    leaseMs: 1000,
    now: () => 0,
    worker: 'test',
    log,
    metrics: { count() {} },
    ...over,
  })
  return { queue, late, lease, work, warnings }
}

t.test('content that can not be stored just now is stored when the store is back', async t => {
  t.clock.enter()
  const { queue, late, work, warnings } = setUp(t)
  const { setParams } = queue
  queue.setParams = async (...given) => {
    queue.setParams = setParams
    throw createError('DYN_STORE_FAILED', { store: given[0].id, got: 'ECONNREFUSED' })
  }
  await late.take(entry, Promise.resolve(said), work)
  // Until it waits for the next try.
  for (let i = 0; i < 50; i++) await Promise.resolve()
  t.clock.advance(1000)
  await late.settled()
  t.match(warnings, [{ send: '1', code: 'DYN_STORE_FAILED' }])
  t.match(await queue.get('1'), { state: 'waiting', params: { subscriber_id: '55', data: { content: said.content } } })
})

t.test('a handler that returns nothing has nothing to be delivered', async t => {
  const { queue, late, work } = setUp(t)
  await late.take(entry, Promise.resolve({ content: { messages: [] }, json: '' }), work)
  await late.settled()
  t.match(await queue.get('1'), { state: 'done' })
})

t.test('a reply that was stored too late for its promise is not delivered', async t => {
  const { queue, late, work } = setUp(t)
  await late.take(entry, Promise.resolve(said), { ...work, signal: AbortSignal.abort() })
  await late.settled()
  t.match(await queue.get('1'), { state: 'cancelled' })
})

t.test('one that the store took, and could not say so, is taken back when the store is there again', async t => {
  t.clock.enter()
  const { queue, late, work } = setUp(t)
  const { addRunning } = queue
  queue.addRunning = async (...given) => {
    await addRunning(...given)
    queue.fault.isAway = true
    throw createError('DYN_STORE_FAILED', { store: 'memory', got: 'ECONNRESET' })
  }
  await t.rejects(late.take(entry, Promise.resolve(said), work), { code: 'DYN_STORE_FAILED' })
  const settled = late.settled()
  for (let tries = 0; tries < 2; tries++) {
    for (let i = 0; i < 50; i++) await Promise.resolve()
    t.match(queue.rows, [{ state: 'running' }])
    queue.fault.isAway = tries < 1
    t.clock.advance(1000)
  }
  await settled
  t.match(queue.rows, [{ state: 'cancelled' }])
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
