import t from 'tap'
import { createDrain } from '../../src/ops/drain.ts'
import { build } from '../helper.ts'
import { enterClock } from '../mock-clock.ts'

t.test('where nobody asks for readiness nobody waits', async t => {
  const { isDraining, drain } = createDrain({ noticeMs: 3_600_000, now: Date.now })
  t.equal(isDraining(), false)
  await drain()
  t.equal(isDraining(), true)
})

t.test('a balancer that asked within a minute is given time', async t => {
  const clock = { ms: 1_000_000 }
  const timers = enterClock(t)
  const { isDraining, onProbe, drain } = createDrain({ noticeMs: 5000, now: () => clock.ms })
  onProbe()
  clock.ms += 59_999
  let isOver = false
  const ending = drain().then(() => {
    isOver = true
  })
  t.equal(isDraining(), true)
  timers.advance(4999)
  await Promise.resolve()
  t.equal(isOver, false)
  timers.advance(1)
  await ending
  timers.exit()

  clock.ms += 60_000
  await drain()
})

t.test('calls are taken while /readyz says that the server ends', async t => {
  const { app, open } = build(t)
  await app.drain()
  const { statusCode, json } = await app.inject('/readyz')
  t.match([statusCode, json()], [503, { status: 'draining', blocks: 'loaded' }])
  t.equal((await app.inject('/healthz')).statusCode, 200)
  t.equal((await open('hello')).shown, 'Hello')
})
