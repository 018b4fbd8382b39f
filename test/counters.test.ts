import t from 'tap'
import { createCounters } from '../src/counters.ts'

const table = {
  taps: { name: 'dynablock_taps_total', type: 'counter', help: 'Taps.', labels: ['block', 'step'] },
  all: { name: 'dynablock_all_total', type: 'counter', help: 'All.', labels: [] },
} as const

t.test('counts by labels', async t => {
  const { count, samplesOf } = createCounters<typeof table>()
  for (const step of ['a', 'b', 'a']) count('taps', { block: 'size', step })
  count('all', {})
  t.strictSame(samplesOf('taps'), [
    { labels: { block: 'size', step: 'a' }, value: 2 },
    { labels: { block: 'size', step: 'b' }, value: 1 },
  ])
  t.strictSame(samplesOf('all'), [{ labels: {}, value: 1 }])
})

t.test('what never happened has no sample, and counters know nothing of each other', async t => {
  createCounters<typeof table>().count('all', {})
  t.strictSame(createCounters<typeof table>().samplesOf('all'), [])
})
