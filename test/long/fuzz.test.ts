/** A short `npm run fuzz`: the same properties, fewer cases, a fixed seed. */
import t from 'tap'
import { fuzz } from '../fuzz/fuzz.ts'

t.test('no property is broken', async t => {
  const lines: string[] = []
  t.equal(await fuzz({ runs: 1000, seed: 1, write: line => void lines.push(line) }), 0, lines.join('\n'))
  t.equal(lines.length, 10)
})
