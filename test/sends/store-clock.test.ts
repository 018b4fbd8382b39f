import t from 'tap'
import { createStoreClock } from '../../src/sends/store-clock.ts'

/** A process whose store is an hour ahead. */
function setUp() {
  const clock = { now: 1000, aheadMs: 3_600_000 }
  const storeClock = createStoreClock(() => clock.now)
  /** Asks the store, which takes so long to read its clock and so long to answer. */
  const ask = (readMs: number, answerMs: number) => {
    const askedAt = clock.now
    clock.now += readMs + answerMs
    storeClock.note(askedAt + readMs + clock.aheadMs, askedAt)
  }
  const errorMs = () => storeClock.now() - clock.now - clock.aheadMs
  return { clock, storeClock, ask, errorMs }
}

t.test('before it has been asked, the store has our time', async t => {
  t.equal(setUp().storeClock.now(), 1000)
})

t.test('a slow answer tells the time less well, and harms nothing', async t => {
  const { ask, errorMs } = setUp()
  ask(0, 100)
  t.equal(errorMs(), -50)
  ask(1, 1)
  t.ok(Math.abs(errorMs()) < 1)
  ask(0, 500)
  ask(500, 0)
  t.ok(Math.abs(errorMs()) <= 1)
})

t.test('clocks drift, and are set', async t => {
  const { clock, ask, errorMs } = setUp()
  ask(1, 1)
  clock.now += 60_000
  clock.aheadMs += 30
  ask(1, 1)
  t.ok(Math.abs(errorMs()) <= 1, 'what was known a minute ago is known less well')
  clock.aheadMs = -3_600_000
  ask(2, 2)
  t.equal(errorMs(), 0)
})
