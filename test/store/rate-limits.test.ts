import { sql } from 'kysely'
import type { Rate } from '../../src/outbound/limits.ts'
import { createSharedRateLimits } from '../../src/store/rate-limits.ts'
import type { Store } from '../../src/store/store.ts'
import { createTestClock } from '../outbound/clock.ts'
import { onBoth } from './engines.ts'

const hourMs = 3_600_000
const line = (name: string): Rate => ({ name, perSecond: 10 })

function setUp(store: Store) {
  const clock = createTestClock()
  return { clock, limits: createSharedRateLimits(store, { share: 1, now: clock.now }) }
}

onBoth('never more than 25 in any second, whoever asks', async (t, { store, open }) => {
  const clock = createTestClock()
  const all = [store, await open(), await open()].map(store => createSharedRateLimits(store, { now: clock.now }))
  const times: number[] = []
  for (let i = 0; i < 100; i++) {
    clock.pass(Math.floor(Math.random() * 200))
    const slots = await Promise.all(all.map(limits => limits.reserve([{ name: 'page', perSecond: 25 }], 1000)))
    times.push(...slots.filter(({ granted }) => granted).map(({ waitMs }) => clock.now() + waitMs))
  }
  const most = Math.max(...times.map(from => times.filter(at => at >= from && at < from + 1000).length))
  t.equal(most, 24, 'and that many where the line is full')
})

onBoth('many who reserve at once each get a slot of their own', async (t, { store, open }) => {
  const { clock } = setUp(store)
  const all = [store, await open(), await open()].map(store =>
    createSharedRateLimits(store, { share: 1, now: clock.now }),
  )
  const window = { name: 'w', count: 25, windowMs: 1000 }
  const lines = await Promise.all(
    all.flatMap(limits => Array.from({ length: 10 }, () => limits.reserve([line('a')], 1e6))),
  )
  t.strictSame(
    lines.map(({ waitMs }) => waitMs).sort((a, b) => a - b),
    Array.from({ length: 30 }, (_, i) => 100 * i),
  )
  const pairs = await Promise.all(
    all.flatMap(limits =>
      Array.from({ length: 10 }, (_, i) => limits.reserve(i % 2 ? [line('b'), window] : [window, line('b')], 1e6)),
    ),
  )
  t.equal(pairs.filter(({ granted }) => granted).length, 25)
})

onBoth('a line that is slowed down stands still, also for the other processes', async (t, { store, open }) => {
  const { clock, limits } = setUp(store)
  const others = createSharedRateLimits(await open(), { now: clock.now })
  await limits.slowDown('a', clock.now() + 5000)
  t.strictSame(await others.reserve([line('a')], 1000), { granted: false, waitMs: 5000 })
  await limits.slowDown('a', clock.now() + 1000)
  await limits.slowDown('a', clock.now() - 1000)
  t.strictSame(await others.reserve([line('a')], 5000), { granted: true, waitMs: 5000 }, 'never sooner')
})

onBoth('a call that left late moves on the others, in all processes', async (t, { store, open }) => {
  const { clock, limits } = setUp(store)
  const others = createSharedRateLimits(await open(), { share: 1, now: clock.now })
  await limits.postpone('a', 20)
  await limits.reserve([line('a')], 0)
  await limits.postpone('a', 20)
  t.equal((await others.reserve([line('a')], 1000)).waitMs, 120)
})

onBoth('a clock that goes back an hour holds up no line', async (t, { store }) => {
  const { clock, limits } = setUp(store)
  for (let i = 0; i < 5; i++) await limits.reserve([line('a')], 1e6)
  clock.pass(-hourMs)
  t.strictSame(await limits.reserve([line('a')], 1000), { granted: true, waitMs: 500 })
  t.strictSame(await limits.reserve([line('a'), line('b')], 1000), { granted: true, waitMs: 600 })
  clock.pass(2 * hourMs)
  t.strictSame(await limits.reserve([line('a')], 1000), { granted: true, waitMs: 0 })
})

onBoth('what is over is forgotten', async (t, { store }) => {
  const { clock, limits } = setUp(store)
  for (let i = 0; i < 999; i++) {
    clock.pass(10)
    await limits.reserve([{ name: `line ${i}`, perSecond: 1000 }], 0)
  }
  await limits.reserve([{ name: 'w', count: 1, windowMs: 1000 }], 0)
  t.ok((await rowsOf('slots')) < 200)
  clock.pass(5000)
  for (let i = 0; i < 1000; i++) await limits.reserve([line('a')], 1e9)
  t.equal(await rowsOf('slots'), 1)
  t.equal(await rowsOf('slot_uses'), 0)

  async function rowsOf(table: string): Promise<number> {
    const { rows } = await store.run(db =>
      sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db),
    )
    return Number(rows[0]?.n)
  }
})
