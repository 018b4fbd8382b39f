import fc from 'fast-check'
import t from 'tap'
import { diffLines } from '../../../src/dev/simulator/diff.ts'

const shown = (before: string, after: string) => diffLines(before, after).map(({ sign, text }) => `${sign}${text}`)

t.test('what stayed is kept, what changed is told by line', async t => {
  t.same(shown('a\nb\nc', 'a\nb\nc'), [' a', ' b', ' c'])
  t.same(shown('a\nb\nc', 'a\nx\nc'), [' a', '-b', '+x', ' c'])
  t.same(shown('a\nb', 'a\nb\nc'), [' a', ' b', '+c'])
  t.same(shown('a\nb\nc', 'c'), ['-a', '-b', ' c'])
  t.same(shown('', 'a'), ['-', '+a'])
})

t.test('either side can be read from it', async t => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', '')).map(list => list.join('\n'))
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = diffLines(before, after)
      const side = (other: string) => diff.flatMap(({ sign, text }) => (sign === other ? [] : text)).join('\n')
      return side('+') === before && side('-') === after
    }),
  )
  t.pass()
})
