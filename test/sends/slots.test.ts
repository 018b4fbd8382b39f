import { sql } from 'kysely'
import { coldGapMs, type Rate } from '../../src/manychat/limits.ts'
import { createSharedRateLimits } from '../../src/sends/slots.ts'
import type { Store } from '../../src/sends/store.ts'
import { createTestClock } from '../manychat/clock.ts'
import { onBoth } from './engines.ts'

const hourMs = 3_600_000
const line = (name: string): Rate => ({ name, perSecond: 10 })

interface Slot {
  at: number
  isLate: boolean
}

function setUp(store: Store) {
  const clock = createTestClock()
  return { clock, limits: createSharedRateLimits(store, { share: 1, now: clock.now }) }
}

onBoth('three processes use the whole of a line, and no more', async (t, { start }) => {
  const children = [start('call', '34'), start('call', '33'), start('call', '33')]
  await Promise.all(children.map(child => child.next()))
  const said = await Promise.all(children.map(child => child.ended))
  const slots = said.flatMap(said => said.slice(1) as Slot[]).sort((a, b) => a.at - b.at)
  const times = slots.filter(({ isLate }) => !isLate).map(({ at }) => at)
  t.equal(times.length, 100)
  const most = Math.max(...times.map(from => times.filter(at => at >= from && at < from + 1000).length))
  t.ok(most <= 25, `${most} in a second`)
  const seconds = ((slots.at(-1)?.at ?? 0) - (slots[0]?.at ?? 0)) / 1000
  t.comment(`${slots.length} slots in ${seconds.toFixed(2)} s, ${slots.length - 100} missed by a busy machine`)
  t.ok((slots.length - 1) / seconds >= 0.95 * 25)
})

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
  t.equal(most, 25, 'and that many where the line is full')
})

onBoth('calls of the first second may be late, and nobody catches up with them', async (t, { store }) => {
  const { clock, limits } = setUp(store)
  for (const rates of [[line('alone')], [line('one'), line('two')]]) {
    const waits = async (count: number) => {
      const times: number[] = []
      for (let i = 0; i < count; i++) times.push((await limits.reserve(rates, 1e6)).waitMs)
      return times
    }
    const second = Array.from({ length: 10 }, (_, i) => i * 100)
    t.strictSame(await waits(12), [...second, 1000 + coldGapMs, 1100 + coldGapMs])
    clock.pass(1200 + coldGapMs + 999)
    t.strictSame(await waits(2), [0, 100], 'after a shorter pause the connections are still open')
    clock.pass(200 + 1000)
    t.strictSame(await waits(2), [0, 100], 'a line that is cold again begins at once')
    clock.pass(200 + 5000)
    t.strictSame(await waits(11), [...second, 1000 + coldGapMs])
  }
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
    Array.from({ length: 30 }, (_, i) => 100 * i + (i < 10 ? 0 : coldGapMs)),
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
