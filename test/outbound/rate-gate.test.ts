import t from 'tap'
import { createRateLimits, type Rate } from '../../src/outbound/limits.ts'
import { createRateGate } from '../../src/outbound/rate-gate.ts'
import { createTestClock } from './clock.ts'

const rate: Rate = { name: 'page/sendContent', perSecond: 10 }

function setUp() {
  const clock = createTestClock()
  const limits = createRateLimits({ share: 1, clock })
  /** The time that the process is held up beyond its sleep. */
  const held = { ms: 0 }
  const startedAt = clock.now()
  const sleep = async (ms: number, signal?: AbortSignal) => {
    const dueAt = clock.now() + ms
    await clock.sleep(0, signal)
    clock.pass(Math.max(0, dueAt + held.ms - clock.now()))
  }
  const turns = createRateGate({ limits, clock: { now: clock.now, sleep }, maxWaitMs: 1000 })
  const leave = async (rates: Rate[] = [rate]) => {
    const { granted } = await turns.wait(rates, undefined)
    return granted ? clock.now() - startedAt : null
  }
  return { clock, limits, held, turns, leave }
}

t.test('calls leave in their slots', async t => {
  const { leave } = setUp()
  t.strictSame([await leave(), await leave(), await leave([])], [0, 100, 100])
})

t.test('a call that is late doesn’t hold up those behind', async t => {
  const { held, leave } = setUp()
  await leave()
  held.ms = 75
  t.equal(await leave(), 175)
  held.ms = 0
  t.equal(await leave(), 200)
  t.equal(await leave(), 300)
})

t.test('calls that were held up together never exceed the limit of a second', async t => {
  const { held, leave } = setUp()
  const times: number[] = []
  const depart = async () => times.push((await leave()) ?? 0)
  for (let i = 0; i < 12; i++) await depart()
  held.ms = 700
  const late = Array.from({ length: 9 }, depart)
  await new Promise(setImmediate)
  held.ms = 0
  await Promise.all(late)
  for (let i = 0; i < 12; i++) await depart()
  times.sort((a, b) => a - b)
  const within = times.map(from => times.filter(at => at >= from && at < from + 1060).length)
  t.equal(Math.max(...within), 10, `${times}`)
})

t.test('those who are late together move the line once', async t => {
  const { clock, limits } = setUp()
  const { promise: free, resolve: release } = Promise.withResolvers<void>()
  const turns = createRateGate({ limits, clock: { now: clock.now, sleep: () => free }, maxWaitMs: 1000 })
  await turns.wait([rate], undefined)
  const waits = Promise.all([1, 2, 3].map(() => turns.wait([rate], undefined)))
  await new Promise(setImmediate)
  clock.pass(525)
  release()
  await waits
  t.equal(
    (await limits.reserve([rate], 1e6)).waitMs,
    400 + 400 - 525 - 50,
    'by as much as the first is late, which left at 525, but for what the share leaves free',
  )
})

t.test('a slot that passed while the answer was on its way is taken at once, and moves the others', async t => {
  const { clock, limits } = setUp()
  const told: [string, number][] = []
  const turns = createRateGate({
    limits: {
      reserve: async () => ({ granted: true, waitMs: -95 }),
      postpone: async (...given) => {
        told.push(given)
        throw new Error('the store is away')
      },
    },
    clock,
    maxWaitMs: 1000,
  })
  await turns.wait([rate], undefined)
  await createRateGate({ limits: { reserve: limits.reserve }, clock, maxWaitMs: 1000 }).wait([rate], undefined)
  t.strictSame(told, [['page/sendContent', 20]])
})

t.test('who waits may be told that there is no turn, and may give up', async t => {
  const { leave, turns, limits } = setUp()
  for (let i = 0; i < 12; i++) await limits.reserve([rate], 1e6)
  t.equal(await leave(), null)
  const gone = AbortSignal.abort(new Error('gone'))
  await t.rejects(turns.wait([{ name: 'other', perSecond: 1 }], gone), /gone/)
})
