import t from 'tap'
import { createPagePauses } from '../../src/delivery/page-pauses.ts'

const page = '1'
const unlimited = Number.POSITIVE_INFINITY

t.test('a page that is over its limits for two minutes is paused, then tried by a single call', async t => {
  const { pauses, clock, told, refuse } = build()
  await refuse(0, 119_000)
  t.equal(pauses.allowance(page), unlimited)
  await refuse(119_500, 120_000)
  t.strictSame(told, [[page, 300_000]])
  t.equal(pauses.allowance(page), 0)
  t.equal(pauses.allowance('2'), unlimited)
  t.strictSame(pauses.paused(), [page])
  const opensAt = clock.ms + 300_000
  t.equal(pauses.opensAt(page), opensAt)
  t.strictSame(pauses.nextOpensAt(), [opensAt])
  clock.ms += 1000
  pauses.limited({ page, addressee: 'a' })
  pauses.worked({ page })
  t.equal(pauses.opensAt(page), opensAt, 'what was on its way says nothing')
  clock.ms = opensAt
  t.equal(pauses.allowance(page), 1)
  t.strictSame(pauses.nextOpensAt(), [])
  t.strictSame(pauses.paused(), [page], 'until a call works')
  pauses.worked({ page })
  t.equal(pauses.allowance(page), unlimited)
  t.strictSame(pauses.paused(), [])
  t.equal(pauses.opensAt(page), 0)
})

t.test('each pause that helped nothing is twice as long, up to an hour', async t => {
  const { pauses, clock, told, refuse } = build()
  await refuse(0, 120_000)
  for (let i = 0; i < 5; i++) {
    clock.ms = pauses.opensAt(page)
    pauses.limited({ page, addressee: 'a' })
  }
  t.strictSame(
    told.map(([, ms]) => ms / 60_000),
    [5, 10, 20, 40, 60, 60],
  )
})

t.test('a limit of one or two contacts pauses nobody', async t => {
  const { pauses, refuse } = build()
  await refuse(0, 600_000, ['a', 'b'])
  t.equal(pauses.allowance(page), unlimited)
})

t.test('ten calm seconds with calls that work are the end of it; a call that works in between is not', async t => {
  const { pauses, clock, told, refuse } = build()
  await refuse(0, 100_000)
  clock.ms += 10_000
  pauses.worked({ page })
  await refuse(110_000, 160_000)
  t.strictSame(told, [])
  pauses.worked({ page })
  await refuse(160_500, 240_000)
  t.equal(told.length, 1)
})

t.test('refusals that are far apart have nothing to do with each other', async t => {
  const { pauses, clock, told } = build()
  for (const addressee of ['a', 'b', 'c', 'd']) {
    pauses.limited({ page, addressee })
    clock.ms += 700_000
  }
  t.strictSame(told, [])
})

function build() {
  const clock = { ms: 0 }
  const told: [string | null, number][] = []
  const pauses = createPagePauses({ now: () => clock.ms, onPaused: (page, ms) => void told.push([page, ms]) })
  return { pauses, clock, told, refuse }

  /** Twice a second, contact after contact. */
  async function refuse(fromMs: number, toMs: number, addressees = ['a', 'b', 'c']): Promise<void> {
    for (clock.ms = fromMs; clock.ms <= toMs; clock.ms += 500) {
      pauses.limited({ page, addressee: addressees[(clock.ms / 500) % addressees.length] ?? null })
    }
    clock.ms = toMs
  }
}
