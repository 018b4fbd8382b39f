import t from 'tap'
import { createHistogram } from '../../src/ops/histogram.ts'

t.test('a value falls into the first bucket that holds it, and into all behind', async t => {
  const { observe, samples } = createHistogram([1, 8, 10])
  for (const value of [0, 1, 1.5, 8, 9, 11]) observe(value)
  t.strictSame(samples({ block: 'size' }), [
    { suffix: '_bucket', labels: { block: 'size', le: '1' }, value: 2 },
    { suffix: '_bucket', labels: { block: 'size', le: '8' }, value: 4 },
    { suffix: '_bucket', labels: { block: 'size', le: '10' }, value: 5 },
    { suffix: '_bucket', labels: { block: 'size', le: '+Inf' }, value: 6 },
    { suffix: '_sum', labels: { block: 'size' }, value: 30.5 },
    { suffix: '_count', labels: { block: 'size' }, value: 6 },
  ])
})
