import t from 'tap'
import { createDeadlines } from '../../src/outbound/deadline.ts'
import { enterClock } from '../mock-clock.ts'

t.test('each deadline ends when its own time is over, and one that was closed never', async t => {
  const clock = enterClock(t)
  const deadlines = createDeadlines(100)
  const first = deadlines.open()
  clock.advance(60)
  const second = deadlines.open()
  const closed = deadlines.open()
  closed.close()
  const state = () => [first, second, closed].map(({ signal }) => signal.aborted)
  clock.advance(39)
  t.strictSame(state(), [false, false, false])
  clock.advance(1)
  t.strictSame(state(), [true, false, false])
  clock.advance(60)
  t.strictSame(state(), [true, true, false])
  const third = deadlines.open()
  clock.advance(100)
  t.equal(third.signal.aborted, true)
})
