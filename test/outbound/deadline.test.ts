import t from 'tap'
import { createDeadlines } from '../../src/outbound/deadline.ts'
import { enterClock } from '../mock-clock.ts'

t.test('each deadline ends when its own time is over, and one that was closed never', async t => {
  const clock = enterClock(t)
  const deadlines = createDeadlines()
  const first = deadlines.open(100)
  clock.advance(60)
  const second = deadlines.open(100)
  const closed = deadlines.open(100)
  closed.close()
  const state = () => [first, second, closed].map(({ signal }) => signal.aborted)
  clock.advance(39)
  t.strictSame(state(), [false, false, false])
  clock.advance(1)
  t.strictSame(state(), [true, false, false])
  clock.advance(60)
  t.strictSame(state(), [true, true, false])
  const third = deadlines.open(100)
  clock.advance(100)
  t.equal(third.signal.aborted, true)
})

t.test('one that has longer ends later, whichever was opened first', async t => {
  const clock = enterClock(t)
  const deadlines = createDeadlines()
  const [long, short] = [deadlines.open(400), deadlines.open(100)]
  const state = () => [long, short].map(({ signal }) => signal.aborted)
  clock.advance(100)
  t.strictSame(state(), [false, true])
  clock.advance(300)
  t.strictSame(state(), [true, true])
})
