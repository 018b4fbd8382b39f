import t from 'tap'
import { createRateLimits, type Rate } from '../../src/outbound/limits.ts'
import { createTestClock } from './clock.ts'

const perPage: Rate = { name: 'page/sendContent', perSecond: 25 }

t.test('never more than 25 in any second, and 23 of them', async t => {
  const clock = createTestClock()
  const limits = createRateLimits({ clock })
  const times: number[] = []
  for (let i = 0; i < 500; i++) {
    const { granted, waitMs } = await limits.reserve([perPage], 1e9)
    if (granted) times.push(clock.now() + waitMs)
  }
  t.equal(times.length, 500)
  const most = Math.max(...times.map(from => times.filter(at => at >= from && at < from + 1000).length))
  t.equal(most, 24)
  t.equal(Math.floor(500 / (((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000)), 23)
})

t.test('a service that counts by the sliding second refuses nothing, though calls arrive up to 74 ms late', async t => {
  const clock = createTestClock()
  const limits = createRateLimits({ clock })
  const arrivals: number[] = []
  for (const pauseMs of [0, 1100, 5000]) {
    clock.pass(pauseMs)
    for (let i = 0; i < 300; i++) {
      const { waitMs } = await limits.reserve([perPage], 1e9)
      clock.pass(waitMs)
      arrivals.push(clock.now() + (i % 26 === 0 ? 74 : 0))
    }
  }
  const most = Math.max(...arrivals.map(from => arrivals.filter(at => at >= from && at < from + 1000).length))
  t.equal(most, 25)
})

t.test('what waits too long is told when, and takes no slot', async t => {
  const limits = createRateLimits({ share: 1, clock: createTestClock() })
  t.strictSame(await limits.reserve([{ name: 'a', perSecond: 10 }], 50), { granted: true, waitMs: 0 })
  t.strictSame(await limits.reserve([{ name: 'a', perSecond: 10 }], 50), { granted: false, waitMs: 100 })
  t.strictSame(await limits.reserve([{ name: 'a', perSecond: 10 }], 100), { granted: true, waitMs: 100 })
  t.strictSame(await limits.reserve([{ name: 'b', perSecond: 10 }], 0), { granted: true, waitMs: 0 }, 'another page')
})

t.test('a window that is full holds up nobody else', async t => {
  const clock = createTestClock()
  const limits = createRateLimits({ share: 1, clock })
  const flow = { name: 'flow', perSecond: 20 }
  const ana = { name: 'flow/ana', count: 100, windowMs: 3_600_000 }
  for (let i = 0; i < 100; i++) {
    const { waitMs } = await limits.reserve([flow, ana], 1000)
    clock.pass(waitMs)
  }
  const refused = await limits.reserve([flow, ana], 1e9)
  t.equal(refused.granted, false)
  t.equal(refused.waitMs, 3_600_000 + 1000 - 99 * 50)
  t.strictSame(await limits.reserve([flow, { ...ana, name: 'flow/bo' }], 1000), { granted: true, waitMs: 50 })
  clock.pass(refused.waitMs)
  t.equal((await limits.reserve([flow, ana], 0)).granted, true)
})

t.test('a line that is slowed down stands still, and never starts sooner for it', async t => {
  const clock = createTestClock()
  const limits = createRateLimits({ clock })
  const { name } = perPage
  await limits.slowDown(name, clock.now() + 5000)
  await limits.slowDown(name, clock.now() + 1000)
  t.strictSame(await limits.reserve([perPage], 1000), { granted: false, waitMs: 5000 })
})

t.test('what is over is forgotten', async t => {
  const clock = createTestClock()
  const limits = createRateLimits({ clock })
  const rates = (i: number): Rate[] => [
    { name: `line ${i}`, perSecond: 1000 },
    { name: `window ${i}`, count: 1, windowMs: 10 },
  ]
  let granted = 0
  for (let i = 0; i < 2500; i++) {
    clock.pass(1)
    if ((await limits.reserve(rates(i), 0)).granted) granted++
  }
  t.equal(granted, 2500)
  t.equal((await limits.reserve(rates(2499), 0)).granted, false, 'the last is remembered')
})
