import t from 'tap'
import { createMovableClock } from '../../../src/dev/simulator/clock.ts'

t.test('it goes with the system’s, and so much ahead as it was moved', async t => {
  let system = 1000
  const clock = createMovableClock(() => system)
  t.equal(clock.now(), 1000)
  clock.moveBy(300_000)
  clock.moveBy(5)
  t.equal(clock.aheadMs(), 300_005)
  system += 10
  t.equal(clock.now(), 301_015)
  t.ok(createMovableClock().now() <= Date.now())
})
