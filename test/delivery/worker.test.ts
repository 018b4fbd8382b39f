import t from 'tap'
import type { Perform } from '../../src/delivery/perform.ts'
import type { Outcome } from '../../src/delivery/retry-policy.ts'
import { createError } from '../../src/errors/errors.ts'
import { page } from '../sends/desk.ts'
import { openWorker as open, sendTo } from './open-worker.ts'

const retry = { kind: 'retry', error: null, countsAsAttempt: false } as const

t.test('what is added begins at once, and is done', async t => {
  const { queue, clock, start, stop, begun, rows } = await open(t)
  start()
  await clock.settle()
  await queue.add([sendTo('1')])
  await clock.settle()
  t.strictSame(begun, ['1'])
  t.match(await rows(), [{ state: 'done', attempts: 1 }])
  await stop()
})

t.test('an idle worker asks twice a second, and exactly when something is due', async t => {
  const { queue, clock, start, stop, begun, calls } = await open(t)
  start()
  await clock.pass(10_000)
  t.ok(calls.filter(name => name === 'claim').length <= 21)
  await queue.add([{ ...sendTo('1'), notBefore: clock.now() + 1230 }])
  await clock.pass(1229)
  t.strictSame(begun, [])
  await clock.pass(1)
  t.strictSame(begun, ['1'])
  await stop()
})

t.test('sends to one contact go one at a time, in order; the end of one begins the next', async t => {
  const { queue, clock, start, stop, begun, gates, rows } = await open(t, { gated: true })
  await queue.add([sendTo('1'), sendTo('1'), sendTo('2')])
  start()
  await clock.settle()
  t.strictSame(begun, ['1', '3'])
  gates.get('1')?.({ kind: 'dead', error: { code: 'DYN_CALL_REFUSED', message: 'no' } })
  await clock.pass(25)
  t.strictSame(begun, ['1', '3', '2'], 'a dead one blocks nobody')
  for (const id of ['2', '3']) gates.get(id)?.({ kind: 'done' })
  await stop()
  t.match(await rows(), [{ state: 'dead', lastError: { message: 'no' } }, { state: 'done' }, { state: 'done' }])
})

t.test('each outcome is stored, and counted', async t => {
  const outcomes: Outcome[] = [
    { kind: 'done' },
    { ...retry, at: Date.UTC(2026, 0, 2), error: { code: 'DYN_CALL_FAILED', message: 'x' }, countsAsAttempt: true },
    { kind: 'fallback', error: { code: 'DYN_CALL_REFUSED', message: 'y' } },
  ]
  const { queue, clock, start, stop, samples, logged, rows } = await open(t, {
    perform: async () => outcomes.shift() ?? null,
  })
  await queue.add([sendTo('1'), sendTo('2'), sendTo('3'), sendTo('4')])
  start()
  await clock.settle()
  t.match(await rows(), [
    { state: 'done' },
    { state: 'waiting', attempts: 1, notBefore: Date.UTC(2026, 0, 2), lastError: { message: 'x' } },
    { state: 'dead', lastError: { message: 'y' } },
    { state: 'running' },
  ])
  const attempts = await samples('dynablock_send_attempts_total')
  t.match(attempts, [
    [/ done$/, 1],
    [/ retry$/, 1],
    [/ fallback$/, 1],
  ])
  t.match(logged, [['error', { id: '3', code: 'DYN_CALL_REFUSED' }, 'a send is dead']])
  await stop()
})

t.test('what is held, and what goes without its actions, is counted and told', async t => {
  const outcomes: Outcome[] = [
    { kind: 'dead', isHeld: true, error: { code: 'DYN_CALL_FAILED', message: 'x' } },
    { ...retry, at: Date.UTC(2026, 0, 1), error: { code: 'DYN_SEND_WITHOUT_ACTIONS', message: 'y' } },
    { kind: 'done' },
  ]
  const { queue, clock, start, stop, samples, logged, rows } = await open(t, {
    perform: async () => outcomes.shift() ?? null,
  })
  await queue.add([sendTo('1'), sendTo('2')])
  start()
  await clock.pass(1000)
  t.match(await rows(), [{ state: 'dead' }, { state: 'done', lastError: { code: 'DYN_SEND_WITHOUT_ACTIONS' } }])
  t.strictSame(await samples('dynablock_sends_held_total'), [['sending.sendContent DYN_CALL_FAILED', 1]])
  t.strictSame(await samples('dynablock_sends_without_actions_total'), [['sending.sendContent', 1]])
  t.match(logged, [
    ['error', { id: '1', code: 'DYN_CALL_FAILED' }, 'a send is dead'],
    ['error', { id: '2', code: 'DYN_SEND_WITHOUT_ACTIONS' }, /lacks a tag or field/],
  ])
  await stop()
})

t.test('a page with too much on its way leaves the others their turn', async t => {
  const { queue, clock, start, begun } = await open(t, { gated: true, pageConcurrency: 3 })
  await queue.add(['1', '2', '3'].map(sendTo))
  start()
  await clock.settle()
  await queue.add([sendTo('4'), { ...sendTo('5'), page: '222' }])
  await clock.pass(1000)
  t.strictSame(begun, ['1', '2', '3', '5'])
})

t.test('no more is on its way than may be', async t => {
  const { queue, clock, start, begun, gates } = await open(t, { gated: true, concurrency: 2 })
  await queue.add(['1', '2', '3'].map(sendTo))
  start()
  await clock.pass(10_000)
  t.strictSame(begun, ['1', '2'])
  gates.get('2')?.({ kind: 'done' })
  await clock.pass(25)
  t.strictSame(begun, ['1', '2', '3'])
})

t.test('a full line is given back until there is room, and comes in its turn', async t => {
  const { queue, clock, start, stop, begun, calls } = await open(t)
  await queue.add(Array.from({ length: 100 }, (_, i) => sendTo(`c${i}`)))
  start()
  await clock.pass(1000)
  t.ok(begun.length >= 25 && begun.length <= 60, `${begun.length} in the first second, of which 25 in advance`)
  await clock.pass(1000)
  const second = begun.length
  await clock.pass(1000)
  t.ok(Math.abs(begun.length - second - 25) <= 8, 'then as many as the rate has')
  const released = calls.filter(name => name === 'retryAt').length
  t.ok(released <= 10, `${released} were claimed in vain`)
  await stop()
})

t.test('what the platform holds up for one contact is a moment for the page, and nothing for others', async t => {
  const until = Date.UTC(2026, 0, 1) + 5000
  let isLimited = true
  const perform: Perform = async ({ page: of }) =>
    isLimited && of === page ? { ...retry, at: until, failures: 1, limit: 'platform' } : { kind: 'done' }
  const { queue, clock, start, stop, rows } = await open(t, { perform })
  await queue.add([sendTo('1')])
  start()
  await clock.settle()
  isLimited = false
  await queue.add([sendTo('3'), { ...sendTo('4'), page: '222' }])
  await clock.pass(200)
  t.match(await rows(), [{ state: 'waiting', attempts: 0, failures: 1 }, { state: 'waiting' }, { state: 'done' }])
  await clock.pass(800)
  t.match(await rows(), [{ state: 'waiting' }, { state: 'done' }, { state: 'done' }])
  await clock.pass(5000)
  t.match(await rows(), [{ state: 'done' }, { state: 'done' }, { state: 'done' }])
  await stop()
})

t.test('a page that stays over its limits is paused, told of once, and tried by one call', async t => {
  let isLimited = true
  const perform: Perform = async () =>
    isLimited ? { ...retry, at: clock.now() + 1000, failures: 1, limit: 'platform' } : { kind: 'done' }
  const { queue, clock, start, stop, rows, logged, calls, samples } = await open(t, { perform })
  await queue.add([
    ...['1', '2', '3', '4'].map(sendTo),
    { ...sendTo('5'), page: '222', notBefore: clock.now() + 200_000 },
  ])
  start()
  await clock.pass(130_000)
  t.match(logged, [['error', { page, ms: 300_000, code: 'DYN_CALL_LIMITED' }, /24 hours/]])
  t.strictSame(await samples('dynablock_pages_paused'), [['', 1]])
  const asked = calls.filter(name => name === 'retryAt').length
  isLimited = false
  await clock.pass(100_000)
  t.equal(calls.filter(name => name === 'retryAt').length, asked, 'nothing leaves')
  t.match((await rows()).at(-1), { state: 'done' }, 'of that page')
  await clock.pass(250_000)
  t.ok((await rows()).every(({ state }) => state === 'done'))
  t.strictSame(await samples('dynablock_pages_paused'), [['', 0]])
  await stop()
})

t.test('our own rate, used up by others, is waited for', async t => {
  const outcomes: Outcome[] = [{ ...retry, at: Date.UTC(2026, 0, 1) + 1040, limit: 'ours' }]
  const { queue, clock, start, stop, rows } = await open(t, {
    perform: async () => outcomes.shift() ?? { kind: 'done' },
  })
  await queue.add([sendTo('1')])
  start()
  await clock.settle()
  t.match(await rows(), [{ state: 'waiting', attempts: 0, notBefore: Date.UTC(2026, 0, 1) + 1040 }])
  await clock.pass(1100)
  t.match(await rows(), [{ state: 'done' }])
  await stop()
})

t.test('what perform throws ends nothing but that send', async t => {
  const { queue, clock, start, stop, logged, rows } = await open(t, {
    perform: () => Promise.reject(createError('DYN_INTERNAL')),
  })
  await queue.add([sendTo('1')])
  start()
  await clock.settle()
  t.match(logged, [['error', { id: '1' }, /was not carried out/]])
  t.match(await rows(), [{ state: 'dead', lastError: { code: 'DYN_INTERNAL' } }], 'those behind it go on')
  await stop()
})
