import t from 'tap'
import { createRateLimits, type Rate } from '../../src/manychat/limits.ts'
import { createTurns } from '../../src/manychat/turns.ts'
import { createTestClock } from './clock.ts'

const rate: Rate = { name: 'page/sendContent', perSecond: 10 }

function setUp() {
  const clock = createTestClock()
  const limits = createRateLimits({ share: 1, clock })
  /** How long the process is held up beyond what it sleeps. */
  const held = { ms: 0 }
  const startedAt = clock.now()
  const sleep = async (ms: number, signal?: AbortSignal) => {
    const dueAt = clock.now() + ms
    await clock.sleep(0, signal)
    clock.pass(Math.max(0, dueAt + held.ms - clock.now()))
  }
  const turns = createTurns({ limits, clock: { now: clock.now, sleep }, maxWaitMs: 1000 })
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

t.test('who is held up moves on those behind', async t => {
  const { held, leave } = setUp()
  await leave()
  held.ms = 54
  t.equal(await leave(), 154)
  held.ms = 0
  t.equal(await leave(), 250, 'by all but the 4 ms that timers are late')
  held.ms = 4
  await leave()
  held.ms = 0
  t.equal(await leave(), 450)
  held.ms = 30_000
  await leave()
  held.ms = 0
  t.equal(await leave(), 30_550, 'what was late by more is forgotten')
})

t.test('those who are late together move the line once', async t => {
  const { clock, limits } = setUp()
  const { promise: free, resolve: release } = Promise.withResolvers<void>()
  const turns = createTurns({ limits, clock: { now: clock.now, sleep: () => free }, maxWaitMs: 1000 })
  await turns.wait([rate], undefined)
  const waits = Promise.all([1, 2, 3].map(() => turns.wait([rate], undefined)))
  await new Promise(setImmediate)
  clock.pass(504)
  release()
  await waits
  t.equal((await limits.reserve([rate], 1e6)).waitMs, 400 + 400 - 504, 'as much as the first is late, who left at 504')
})

t.test('a slot that passed while the answer was on its way is taken at once, and moves the others', async t => {
  const { clock, limits } = setUp()
  const told: [string, number][] = []
  const turns = createTurns({
    limits: {
      reserve: async () => ({ granted: true, waitMs: -24 }),
      postpone: async (...given) => {
        told.push(given)
        throw new Error('the store is away')
      },
    },
    clock,
    maxWaitMs: 1000,
  })
  await turns.wait([rate], undefined)
  await createTurns({ limits: { reserve: limits.reserve }, clock, maxWaitMs: 1000 }).wait([rate], undefined)
  t.strictSame(told, [['page/sendContent', 20]])
})

t.test('who waits may be told that there is no turn, and may give up', async t => {
  const { leave, turns, limits } = setUp()
  for (let i = 0; i < 12; i++) await limits.reserve([rate], 1e6)
  t.equal(await leave(), null)
  const gone = AbortSignal.abort(new Error('gone'))
  await t.rejects(turns.wait([{ name: 'other', perSecond: 1 }], gone), /gone/)
})
