import t from 'tap'
import { createPacing } from '../../src/delivery/pacing.ts'

const line = { page: '1', operation: 'sending.sendContent' }
const other = { page: '2', operation: 'sending.sendContent' }

t.test('what is begun fills a line for as long as its slots last', async t => {
  const { lines, clock } = build()
  for (let i = 0; i < 12; i++) lines.begin(line)
  t.strictSame(lines.full(), [], '480 ms ahead')
  lines.begin(line)
  t.strictSame(lines.full(), ['1 sending.sendContent'])
  t.strictSame(lines.nextOpensAt(), [clock.ms + 520 - 250])
  t.equal(lines.opensAt(line), clock.ms + 520 - 250)
  t.ok(lines.canBegin(line), 'what was claimed may go')
  for (let i = 0; i < 10; i++) lines.begin(line)
  t.notOk(lines.canBegin(line), '920 ms ahead')
  t.ok(lines.canBegin(other), 'another page is another line')
  clock.ms = lines.opensAt(line)
  t.strictSame(lines.full(), [])
  clock.ms += 10_000
  lines.full()
  t.equal(lines.opensAt(line), 0, 'forgotten')
})

t.test('a line that our rate refuses is left alone until near the slot that it named', async t => {
  const { lines, clock } = build()
  lines.crowded(line, clock.ms + 800)
  t.equal(lines.opensAt(line), clock.ms + 550)
  lines.crowded(line, clock.ms + 3_600_000)
  t.equal(lines.opensAt(line), clock.ms + 750, 'the hour of a contact is not that of the page')
})

t.test('a line that the platform refuses rests for a moment, longer while nothing works', async t => {
  const { lines, clock } = build()
  const rests: number[] = []
  for (let i = 0; i < 5; i++) {
    lines.limited(line)
    lines.limited(line)
    rests.push(lines.opensAt(line) - clock.ms)
    t.notOk(lines.canBegin(line))
    clock.ms = lines.opensAt(line)
    t.ok(lines.canBegin(line))
  }
  t.strictSame(rests, [250, 500, 1000, 1000, 1000], 'answers to what was on its way are one sign')
  lines.worked(line)
  lines.limited(line)
  t.equal(lines.opensAt(line), clock.ms + 250)
  t.ok(lines.canBegin(other))
})

function build() {
  const clock = { ms: 1_000_000 }
  return { clock, lines: createPacing({ rpsOf: () => 25, now: () => clock.ms }) }
}
