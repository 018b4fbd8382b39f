import t from 'tap'
import { coldGapMs, createRateLimits, type Rate } from '../../src/manychat/limits.ts'
import { createTestClock } from './clock.ts'

const perPage: Rate = { name: 'page/sendContent', perSecond: 25 }

t.test('never more than 25 in any second, and nearly as many', async t => {
  const clock = createTestClock()
  const limits = createRateLimits({ clock })
  const times: number[] = []
  for (let i = 0; i < 500; i++) {
    const { granted, waitMs } = await limits.reserve([perPage], 1e9)
    t.ok(granted)
    times.push(clock.now() + waitMs)
  }
  const most = Math.max(...times.map(from => times.filter(at => at >= from && at < from + 1000).length))
  t.equal(most, 25)
  t.equal(Math.floor(500 / (((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000)), 24)
})

t.test(
  'a service that counts by the sliding second refuses nothing, though connections are opened in the first second',
  async t => {
    const clock = createTestClock()
    const limits = createRateLimits({ clock })
    const arrivals: number[] = []
    for (const pauseMs of [0, 1100, 5000]) {
      clock.pass(pauseMs)
      const startedAt = clock.now()
      for (let i = 0; i < 300; i++) {
        const { waitMs } = await limits.reserve([perPage], 1e9)
        clock.pass(waitMs)
        // 40 ms for each connection, and up to 15 ms more or less, the worst case in turns.
        arrivals.push(clock.now() + (i < 25 ? 40 : 0) + (i % 26 === 0 ? 15 : 0))
      }
      t.ok(299 / ((clock.now() - startedAt) / 1000) >= 0.98 * 25)
    }
    const most = Math.max(...arrivals.map(from => arrivals.filter(at => at >= from && at < from + 1000).length))
    t.equal(most, 25)
  },
)

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
  t.equal(refused.waitMs, 3_600_000 + 1000 - 99 * 50 - coldGapMs, 'there was a gap between them')
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
  for (let i = 0; i < 2500; i++) {
    clock.pass(1)
    t.ok((await limits.reserve(rates(i), 0)).granted)
  }
  t.equal((await limits.reserve(rates(2499), 0)).granted, false, 'the last is remembered')
})
