import t from 'tap'
import type { MetricRow } from '../../src/counters.ts'
import { formatMetric } from '../../src/ops/exposition.ts'

const row: MetricRow = { name: 'dynablock_things_total', type: 'counter', help: 'Things.', labels: ['a'] }
const head = '# HELP dynablock_things_total Things.\n# TYPE dynablock_things_total counter\n'

t.test('a line for each sample, below help and type', async t => {
  const samples = [
    { labels: { a: 'x', b: 'y' }, value: 2 },
    { labels: {}, suffix: '_sum' as const, value: 0.5 },
  ]
  t.equal(formatMetric(row, samples), `${head}dynablock_things_total{a="x",b="y"} 2\ndynablock_things_total_sum 0.5\n`)
})

t.test('what has no labels and never happened is 0; what is not known is not told', async t => {
  t.equal(formatMetric({ ...row, labels: [] }, []), `${head}dynablock_things_total 0\n`)
  t.equal(formatMetric({ ...row, labels: [] }, undefined), head)
  t.equal(formatMetric(row, []), head)
})

t.test('a value of a label can not end it', async t => {
  t.match(formatMetric(row, [{ labels: { a: 'q"b\\n\nz' }, value: 1 }]), '{a="q\\"b\\\\n\\nz"} 1\n')
})
