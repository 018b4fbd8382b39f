import t from 'tap'
import { createLines } from '../../src/sends/lines.ts'

const line = { page: '1', operation: 'sending.sendContent' }
const other = { page: '2', operation: 'sending.sendContent' }

t.test('what is begun fills a line for as long as its slots last', async t => {
  const { lines, clock } = build()
  for (let i = 0; i < 12; i++) lines.begin(line)
  t.strictSame(lines.full(), [], '480 ms ahead')
  lines.begin(line)
  t.strictSame(lines.full(), [line])
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

t.test('a line that the platform refuses waits, then goes at half the pace, and recovers', async t => {
  const { lines, clock } = build()
  lines.limited(line, clock.ms + 3000)
  lines.limited(line, clock.ms + 4000)
  t.equal(lines.timesLimited(line), 1, 'answers to what was on its way are one sign')
  t.strictSame([lines.opensAt(line), lines.canBegin(line)], [clock.ms + 4000, false])
  clock.ms += 4000
  t.ok(lines.canBegin(line))
  for (let i = 0; i < 7; i++) lines.begin(line)
  t.equal(lines.opensAt(line), clock.ms + 7 * 80 - 250)
  lines.limited(line, clock.ms)
  t.equal(lines.timesLimited(line), 2)
  for (let i = 0; i < 10; i++) lines.limited(line, clock.ms)
  lines.worked(line)
  t.equal(lines.timesLimited(line), 0)
  for (let i = 0; i < 100; i++) lines.worked(line)
  clock.ms += 60_000
  lines.begin(line)
  for (let i = 0; i < 12; i++) lines.begin(line)
  t.equal(lines.opensAt(line), clock.ms + 520 - 250, 'the pace of the rate again')
})

function build() {
  const clock = { ms: 1_000_000 }
  return { clock, lines: createLines({ rpsOf: () => 25, now: () => clock.ms }) }
}
