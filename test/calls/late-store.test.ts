/** Late replies while the store or their process fails, on a queue in SQLite, without a server. */
import t, { type Test } from 'tap'
import type { BlockAnswer } from '../../src/calls/answer.ts'
import { createLateReplies, type LateRepliesOptions } from '../../src/calls/late.ts'
import { type CallRecord, storeCall } from '../../src/calls/record.ts'
import { createHeartbeat } from '../../src/delivery/heartbeat.ts'
import { createSendMetrics } from '../../src/delivery/metrics.ts'
import { createDefaultOnUnknown } from '../../src/delivery/on-unknown.ts'
import { createOutage } from '../../src/delivery/outage.ts'
import { createWorker, type Worker } from '../../src/delivery/worker.ts'
import { createError } from '../../src/errors/errors.ts'
import { defineBlock, Type } from '../../src/index.ts'
import { Registry } from '../../src/ops/prom-client.ts'
import { createManualClock, type ManualClock } from '../delivery/manual-clock.ts'
import { openQueue } from '../delivery/open-worker.ts'

const record: CallRecord = {
  block: 'block',
  step: null,
  id: 'x',
  contact: { id: '55' },
  page: '7',
  channel: 'messenger',
  input: null,
  extras: {},
}
const said: BlockAnswer = { content: { messages: [{ type: 'text', text: 'Later' }] }, json: '' }
const block = defineBlock({ open: () => 'Hello' })
const textOf = (text: string | RegExp) => ({ params: { data: { content: { messages: [{ text }] } } } })

type Opened = Awaited<ReturnType<typeof openQueue>>

async function setUp(t: Test, over: Partial<LateRepliesOptions> = {}, clock = createManualClock(), opened?: Opened) {
  const { queue, fault, calls, rows } = opened ?? (await openQueue(t, clock))
  const work = {
    signal: new AbortController().signal,
    reasons: [] as unknown[],
    abort: (reason: Error) => work.reasons.push(reason),
  }
  const log = { debug() {}, info() {}, error() {}, warn() {}, child: () => log }
  const common = { queue: () => queue, clock, log }
  const outage = createOutage(common)
  const heartbeat = createHeartbeat({ ...common, leaseMs: 30_000, onLost() {} })
  const late = createLateReplies({
    ...common,
    blocks: { get: name => (name === 'block' ? block : undefined) },
    rerun: () => t.fail('nothing is run again') as never,
    requirePage: named => named,
    isOpen: () => true,
    defaultOnUnknown: createDefaultOnUnknown('hold'),
    outage,
    heartbeat,
    metrics: createSendMetrics({ registry: new Registry(), readStats: async () => null }),
    ...over,
  })
  const worker = createWorker({ ...common, work: late.runs, heartbeat, outage })
  return { queue, fault, calls, rows, clock, late, work, worker, heartbeat }
}

async function stop({ stop }: Worker, clock: ManualClock): Promise<void> {
  const stopped = stop()
  await clock.pass(50)
  await stopped
}

/** A run that another process began and gave back. */
async function addGiven(queue: Awaited<ReturnType<typeof setUp>>['queue'], changes: Partial<CallRecord> = {}) {
  const call = storeCall({ ...record, ...changes })
  const run = { block: changes.block ?? 'block', page: '7', addressee: '55', call, idempotencyKey: call }
  await queue.release(await queue.addRun(run, 'another'), true)
}

t.test('content that can not be stored just now is stored when the store is back', async t => {
  const { queue, clock, late, work, rows } = await setUp(t)
  const { answer } = queue
  queue.answer = async (...given) => {
    queue.answer = answer
    throw createError('DYN_STORE_FAILED', { store: given[0].id, got: 'ECONNREFUSED' })
  }
  await late.take(record, Promise.resolve(said), work)
  await clock.pass(500)
  await late.settled()
  t.match(await rows(), [
    { kind: 'run', state: 'done' },
    { state: 'waiting', addressee: '55', ...textOf('Later') },
  ])
})

t.test('a handler that returns nothing has nothing to be delivered', async t => {
  const { rows, late, work } = await setUp(t)
  await late.take(record, Promise.resolve({ content: { messages: [] }, json: '' }), work)
  await late.settled()
  t.match(await rows(), [{ state: 'done' }])
})

t.test('a reply that was stored too late is not promised, and is not delivered', async t => {
  const { rows, late, work } = await setUp(t)
  await t.rejects(late.take(record, Promise.resolve(said), { ...work, signal: AbortSignal.abort() }))
  await late.settled()
  t.match(await rows(), [{ state: 'cancelled' }])
})

t.test('one that the store took, and could not say so, is withdrawn when the store is there again', async t => {
  const { queue, fault, rows, clock, late, work } = await setUp(t)
  const { addRun } = queue
  queue.addRun = async (...given) => {
    await addRun(...given)
    fault.isAway = true
    throw createError('DYN_STORE_FAILED', { store: 'a test', got: 'ECONNRESET' })
  }
  await t.rejects(late.take(record, Promise.resolve(said), work), { code: 'DYN_STORE_FAILED' })
  await clock.pass(30_000)
  t.match(await rows(), [{ state: 'running' }])
  fault.isAway = false
  await clock.pass(5000)
  await late.settled()
  t.match(await rows(), [{ state: 'cancelled' }])
})

t.test('a store that was never there has nothing to be withdrawn', async t => {
  const { calls, fault, late, work } = await setUp(t, { isOpen: () => false })
  fault.isAway = true
  await t.rejects(late.take(record, Promise.resolve(said), work), { code: 'DYN_STORE_FAILED' })
  await late.settled()
  t.notOk(calls.includes('withdraw'))
})

t.test('a late reply that is cancelled while it is made aborts its handler, and nothing is delivered', async t => {
  const { queue, rows, late, work, heartbeat } = await setUp(t)
  heartbeat.start()
  const { promise, resolve } = Promise.withResolvers<BlockAnswer>()
  await late.take(record, promise, work)
  const [job] = await rows()
  await queue.cancel(job?.id ?? '')
  t.match(work.reasons, [{ code: 'DYN_LEASE_LOST' }])
  resolve(said)
  await late.settled()
  t.equal((await rows()).length, 1)
  await heartbeat.stop()
})

t.test('two restarts within one slow call deliver its answer, and no fallback', async t => {
  const attempts: number[] = []
  const slow: LateRepliesOptions['rerun'] = (_record, { attempt, signal }) => {
    attempts.push(attempt)
    if (attempt === 4) return Promise.resolve(said)
    return new Promise(resolve =>
      signal.addEventListener('abort', () => {
        resolve({ ...said, failure: createError('DYN_BLOCK_THREW', { where: 'it', got: 'an abort' }) })
      }),
    )
  }
  const clock = createManualClock()
  const opened = await openQueue(t, clock)
  const start = () => setUp(t, { rerun: slow }, clock, opened)
  const first = await start()
  await first.late.take(record, new Promise(() => {}), first.work)
  first.late.stop()
  await first.late.settled()
  t.match(await opened.rows(), [{ state: 'waiting', attempts: 1, failures: 0 }])
  for (let restart = 0; restart < 2; restart++) {
    const { late, worker } = await start()
    worker.start()
    await clock.settle()
    late.stop()
    await stop(worker, clock)
    await worker.abort()
    t.match(await opened.rows(), [{ state: 'waiting', attempts: restart + 2, failures: 0 }])
  }
  const { worker } = await start()
  worker.start()
  await clock.settle()
  t.strictSame(attempts, [2, 3, 4])
  t.match(await opened.rows(), [{ kind: 'run', state: 'done' }, textOf('Later')])
  await stop(worker, clock)
})

t.test('what a block can no longer take never reaches its handlers, and the contact is told', async t => {
  const sized = defineBlock({ states: { sized: Type.Object({}) }, open: () => 'Hi', steps: { sized: () => 'Sized' } })
  const once = defineBlock({ rerun: false, fallback: 'Ask again', open: () => 'Hi' })
  const blocks = { get: (name: string) => ({ sized, once })[name] }
  const { queue, rows, clock, worker } = await setUp(t, { blocks })
  await addGiven(queue, { block: 'sized', step: 'gone' })
  await addGiven(queue, { block: 'sized', step: 'sized', state: 'S' })
  await addGiven(queue, { block: 'once' })
  worker.start()
  await clock.pass(50)
  const expired = { state: 'dead', lastError: { code: 'DYN_RUN_EXPIRED' } }
  const [gone, misfit, interrupted, ...told] = await rows()
  t.match([gone, misfit, interrupted], [expired, expired, { state: 'dead', lastError: { code: 'DYN_RUN_ONCE' } }])
  t.match(told, [textOf(/too old/), textOf(/too old/), textOf('Ask again')])
  await stop(worker, clock)
})

t.test('a call that ended its process five times is dead, and the contact gets the fallback', async t => {
  const { queue, rows, clock, worker } = await setUp(t)
  await addGiven(queue)
  for (let death = 0; death < 5; death++) {
    t.equal((await queue.claim({ kind: 'run', worker: `process ${death}`, limit: 1 })).length, 1)
    await queue.recover({ worker: `process ${death}`, beat: null })
  }
  worker.start()
  await clock.settle()
  t.match(await rows(), [{ state: 'dead', failures: 5, lastError: { code: 'DYN_RUN_FATAL' } }, textOf(/^Sorry/)])
  await stop(worker, clock)
})

t.test('a run of a block that nobody knows is left alone for a day, then gets the fallback', async t => {
  const clock = createManualClock()
  const opened = await openQueue(t, clock)
  await addGiven(opened.queue, { block: 'new' })
  await work()
  t.match(await opened.rows(), [{ state: 'waiting', attempts: 1 }])
  await clock.pass(86_400_000)
  await work()
  t.match(await opened.rows(), [{ state: 'dead', lastError: { code: 'DYN_BLOCK_UNKNOWN' } }, textOf(/^Sorry/)])

  async function work() {
    const { worker } = await setUp(t, {}, clock, opened)
    worker.start()
    await clock.pass(1000)
    await stop(worker, clock)
  }
})

t.test('a stored call that can not be read is dead, and its contact gets the fallback', async t => {
  const { queue, rows, clock, worker } = await setUp(t)
  const run = { block: 'block', page: '7', addressee: '55', call: 'not JSON', idempotencyKey: 'k' }
  await queue.release(await queue.addRun(run, 'another'), true)
  worker.start()
  await clock.settle()
  t.match(await rows(), [{ state: 'dead', lastError: { code: 'DYN_CALL_UNREADABLE' } }, textOf(/^Sorry/)])
  await stop(worker, clock)
})

t.test('calls of one block that hang leave the others their places', async t => {
  const begun: string[] = []
  const rerun: LateRepliesOptions['rerun'] = ({ block }) => {
    begun.push(block)
    return new Promise(() => {})
  }
  const { queue, clock, worker } = await setUp(t, { rerun, blocks: { get: () => block }, blockConcurrency: 3 })
  for (let i = 0; i < 5; i++) await addGiven(queue, { block: 'hangs', id: String(i) })
  await addGiven(queue, { block: 'other' })
  worker.start()
  await clock.pass(1000)
  t.ok(begun.includes('other') && begun.length <= 6)
})
