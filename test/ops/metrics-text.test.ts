import t from 'tap'
import { createMetricsText } from '../../src/ops/metrics-text.ts'
import { Gauge, Registry } from '../../src/ops/prom-client.ts'
import { until } from '../until.ts'

/** A text with one figure, which is read from `readFigure` each time that it is written. */
function setUp(readFigure: () => Promise<number>) {
  const registry = new Registry()
  const clock = { ms: 0 }
  new Gauge({
    name: 'figure',
    help: 'A figure.',
    registers: [registry],
    async collect() {
      this.set(await readFigure())
    },
  })
  return { clock, ...createMetricsText({ registry, now: () => clock.ms }) }
}

t.test('a text is written once, and kept for five seconds', async t => {
  let reads = 0
  const { clock, read, contentType } = setUp(async () => ++reads)
  t.match(contentType, /^text\/plain/)
  const first = await read()
  t.match(first, /^figure 1$/m)
  t.match(first, /^process_resident_memory_bytes \d/m, 'that of the process too')
  clock.ms = 4999
  t.equal(await read(), first)
  t.equal(reads, 1)
  clock.ms = 5000
  t.match(await read(), /^figure 2$/m)
})

t.test('one text is written at a time, however long it takes', async t => {
  const asked: ((figure: number) => void)[] = []
  const { clock, read } = setUp(() => new Promise(resolve => asked.push(resolve)))
  const texts = Array.from({ length: 50 }, read)
  await until(() => asked.length > 0)
  clock.ms = 60_000
  texts.push(read())
  t.equal(asked.length, 1)
  asked[0]?.(3)
  for (const text of await Promise.all(texts)) t.match(text, /^figure 3$/m)
})

t.test('a text that fails is tried again after five seconds', async t => {
  let reads = 0
  const { clock, read } = setUp(async () => {
    if (++reads === 1) throw new Error('no figure')
    return 7
  })
  await t.rejects(read(), /no figure/)
  await t.rejects(read(), /no figure/)
  t.equal(reads, 1)
  clock.ms = 5000
  t.match(await read(), /^figure 7$/m)
})
