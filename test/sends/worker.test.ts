import t from 'tap'
import { createError } from '../../src/errors.ts'
import type { Outcome } from '../../src/sends/outcome.ts'
import type { Perform } from '../../src/sends/perform.ts'
import { page } from './desk.ts'
import { openWorker as open, sendTo } from './open-worker.ts'

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
  const { queue, clock, worker, begun } = open(t, { gated: true, pageConcurrency: 3, drainMs: 0 })
  await queue.add(['1', '2', '3'].map(sendTo))
  worker.start()
  await clock.settle()
  await queue.add([sendTo('4'), { ...sendTo('5'), page: '222' }])
  await clock.pass(1000)
  t.strictSame(begun, ['1', '2', '3', '5'])
})

t.test('no more is on its way than may be', async t => {
  const { queue, clock, worker, begun, gates } = open(t, { gated: true, concurrency: 2 })
  await queue.add(['1', '2', '3'].map(sendTo))
  worker.start()
  await clock.pass(10_000)
  t.strictSame(begun, ['1', '2'])
  gates.get('2')?.({ kind: 'done' })
  await clock.pass(25)
  t.strictSame(begun, ['1', '2', '3'])
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
