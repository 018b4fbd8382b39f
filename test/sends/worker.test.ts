import t, { type Test } from 'tap'
import { createError } from '../../src/errors.ts'
import { createSendMetrics } from '../../src/sends/metrics.ts'
import type { Outcome } from '../../src/sends/outcome.ts'
import type { Perform } from '../../src/sends/perform.ts'
import type { NewSend } from '../../src/sends/send.ts'
import { createWorker, type WorkerOptions } from '../../src/sends/worker.ts'
import { contentOf, page } from './desk.ts'
import { createManualClock } from './manual-clock.ts'
import { createMemoryQueue } from './memory-queue.ts'

const retry = { kind: 'retry', error: null, countsAsAttempt: false } as const

t.test('what is added begins at once, and is done', async t => {
  const { queue, clock, worker, begun } = open(t)
  worker.start()
  await clock.settle()
  await queue.add([sendTo('1')])
  await clock.settle()
  t.strictSame(begun, ['1'])
  t.match(queue.rows, [{ state: 'done', attempts: 1 }])
  await worker.stop()
})

t.test('an idle worker asks twice a second, and exactly when something is due', async t => {
  const { queue, clock, worker, begun } = open(t)
  worker.start()
  await clock.pass(10_000)
  t.ok(queue.calls.filter(name => name === 'claim').length <= 21)
  await queue.add([{ ...sendTo('1'), notBefore: clock.now() + 1230 }])
  await clock.pass(1229)
  t.strictSame(begun, [])
  await clock.pass(1)
  t.strictSame(begun, ['1'])
  await worker.stop()
})

t.test('sends to one contact go one at a time, in order; the end of one begins the next', async t => {
  const { queue, clock, worker, begun, gates } = open(t, { gated: true })
  await queue.add([sendTo('1'), sendTo('1'), sendTo('2')])
  worker.start()
  await clock.settle()
  t.strictSame(begun, ['1', '3'])
  gates.get('1')?.({ kind: 'bury', error: { code: 'DYN_CALL_REFUSED', message: 'no' } })
  await clock.pass(25)
  t.strictSame(begun, ['1', '3', '2'], 'a dead one blocks nobody')
  for (const id of ['2', '3']) gates.get(id)?.({ kind: 'done' })
  await worker.stop()
  t.match(queue.rows, [{ state: 'dead', lastError: { message: 'no' } }, { state: 'done' }, { state: 'done' }])
})

t.test('each outcome is stored, and counted', async t => {
  const outcomes: Outcome[] = [
    { kind: 'done' },
    { ...retry, at: Date.UTC(2026, 0, 2), error: { code: 'DYN_CALL_FAILED', message: 'x' }, countsAsAttempt: true },
    { kind: 'fallback', error: { code: 'DYN_CALL_REFUSED', message: 'y' } },
  ]
  const { queue, clock, worker, metrics, logged } = open(t, { perform: async () => outcomes.shift() ?? null })
  await queue.add([sendTo('1'), sendTo('2'), sendTo('3'), sendTo('4')])
  worker.start()
  await clock.settle()
  t.match(queue.rows, [
    { state: 'done' },
    { state: 'waiting', attempts: 1, notBefore: Date.UTC(2026, 0, 2), lastError: { message: 'x' } },
    { state: 'dead', lastError: { message: 'y' } },
    { state: 'running' },
  ])
  const { attempts } = metrics.read(await queue.stats())
  t.strictSame(
    attempts.map(({ labels }) => labels.outcome),
    ['done', 'retry', 'fallback'],
  )
  t.strictSame(logged, [])
  await worker.stop()
})

t.test('a page with too much on its way leaves the others their turn', async t => {
  const { queue, clock, worker, begun } = open(t, { gated: true, concurrency: 5, pageConcurrency: 3 })
  await queue.add([...['1', '2', '3', '4'].map(to => sendTo(to)), { ...sendTo('5'), page: '222' }])
  worker.start()
  await clock.pass(600)
  t.strictSame(begun, ['1', '2', '3', '4', '5'].slice(0, 5), 'a claim may bring a few more')
  await queue.add([sendTo('6'), { ...sendTo('7'), page: '222' }])
  await clock.pass(2000)
  t.equal(begun.length, 5, 'nobody is left who could')
  void worker.stop()
})

t.test('a full line is given back until there is room, and comes in its turn', async t => {
  const { queue, clock, worker, begun } = open(t)
  await queue.add(Array.from({ length: 100 }, (_, i) => sendTo(`c${i}`)))
  worker.start()
  await clock.pass(1000)
  t.ok(begun.length >= 25 && begun.length <= 60, `${begun.length} in the first second, of which 25 in advance`)
  await clock.pass(1000)
  const second = begun.length
  await clock.pass(1000)
  t.ok(Math.abs(begun.length - second - 25) <= 8, 'then as many as the rate has')
  const released = queue.calls.filter(name => name === 'retryAt').length
  t.ok(released <= 10, `${released} were claimed in vain`)
  await worker.stop()
})

t.test('a page that the platform slows down waits, and the others go on', async t => {
  const until = Date.UTC(2026, 0, 1) + 5000
  let isLimited = true
  const perform: Perform = async ({ page: of }) =>
    isLimited && of === page ? { ...retry, at: until, limit: 'platform' } : { kind: 'done' }
  const { queue, clock, worker } = open(t, { perform })
  await queue.add([sendTo('1'), sendTo('2')])
  worker.start()
  await clock.settle()
  isLimited = false
  await queue.add([sendTo('3'), { ...sendTo('4'), page: '222' }])
  await clock.pass(4000)
  t.strictSame(
    queue.rows.map(({ state }) => state),
    ['waiting', 'waiting', 'waiting', 'done'],
  )
  t.equal(queue.rows[0]?.attempts, 0, 'no attempt is used')
  await clock.pass(2000)
  t.strictSame(
    queue.rows.map(({ state }) => state),
    ['done', 'done', 'done', 'done'],
  )
  await worker.stop()
})

t.test('our own rate, used up by others, is waited for', async t => {
  const outcomes: Outcome[] = [{ ...retry, at: Date.UTC(2026, 0, 1) + 1040, limit: 'ours' }]
  const { queue, clock, worker } = open(t, { perform: async () => outcomes.shift() ?? { kind: 'done' } })
  await queue.add([sendTo('1')])
  worker.start()
  await clock.settle()
  t.match(queue.rows, [{ state: 'waiting', attempts: 0, notBefore: Date.UTC(2026, 0, 1) + 1040 }])
  await clock.pass(1100)
  t.match(queue.rows, [{ state: 'done' }])
  await worker.stop()
})

t.test('what perform throws ends nothing but that send', async t => {
  const { queue, clock, worker, logged } = open(t, { perform: () => Promise.reject(createError('DYN_INTERNAL')) })
  await queue.add([sendTo('1')])
  worker.start()
  await clock.settle()
  t.match(logged, [['error', { id: '1' }, /was not carried out/]])
  t.match(queue.rows, [{ state: 'running' }], 'it is taken over when its lease runs out')
  await worker.stop()
})

export interface Opened extends Partial<WorkerOptions> {
  /** Each send waits for its gate. */
  gated?: boolean
}

function open(t: Test, { gated = false, ...options }: Opened = {}) {
  const clock = createManualClock()
  const queue = createMemoryQueue(clock.now)
  const begun: string[] = []
  const gates = new Map<string, (outcome: Outcome) => void>()
  const logged: unknown[] = []
  const metrics = createSendMetrics()
  const log = {
    info: (...line: unknown[]) => void logged.push(['info', ...line]),
    error: (...line: unknown[]) => void logged.push(['error', ...line]),
  }
  const perform: Perform = ({ id }) => {
    begun.push(id)
    return gated ? new Promise(resolve => gates.set(id, resolve)) : Promise.resolve({ kind: 'done' })
  }
  const worker = createWorker({ queue, perform, name: t.name, metrics, log, clock, ...options })
  return { clock, queue, begun, gates, logged, metrics, worker }
}

function sendTo(addressee: string): NewSend {
  return { operation: 'sending.sendContent', page, addressee, params: contentOf('Hello') }
}
