import { readFileSync } from 'node:fs'
import t from 'tap'
import { type Channel, capabilities } from '../../src/content/channels.ts'
import { createProblem, firstProblems, formatProblems, maxProblems } from '../../src/content/problem.ts'
import { type RuleRow, rules } from '../../src/content/rules.ts'

t.test('docs/content.md has a row for each rule, as the code has it, and for no other', async t => {
  const page = readFileSync('docs/content.md', 'utf8')
  const rows = [
    ...page.matchAll(/^\| `([a-z-]+)` \| (error|warning|repaired) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm),
  ]
  const listed = rows.map(([, rule, severity, on, source, , remedy]) => [rule, severity, on, source, remedy])
  const names = (on: readonly Channel[] = []) => on.map(channel => capabilities[channel].name).join(', ') || 'all'
  t.strictSame(
    listed.sort(),
    Object.entries<RuleRow>(rules)
      .map(([rule, { severity, channels: on, source, remedy }]) => [rule, severity, names(on), source, remedy])
      .sort(),
  )
})

t.test('a problem says what was expected, what came, and what to do, in a sentence and as data', async t => {
  t.strictSame(createProblem('/messages', 'max-messages', { expected: 'at most 10 messages', got: '11' }), {
    path: '/messages',
    rule: 'max-messages',
    severity: 'error',
    message: 'ManyChat takes at most 10 messages; got 11. Send the rest in a later step.',
    expected: 'at most 10 messages',
    got: '11',
    remedy: 'Send the rest in a later step.',
  })
})

t.test('no sentence begins with what was expected', async t => {
  for (const [rule, { sentence }] of Object.entries(rules)) t.notMatch(sentence, /^Expected/, rule)
})

t.test('names are a choice where there are several', async t => {
  t.equal(createProblem('', 'unknown-key', { names: ['b'], got: '"a"' }).expected, 'b')
  t.equal(createProblem('', 'unknown-key', { names: ['b', 'c'], got: '"a"' }).expected, 'one of b, c')
})

t.test('a problem without data has only its remedy', async t => {
  t.strictSame(createProblem('/a', 'button-actions'), {
    path: '/a',
    rule: 'button-actions',
    severity: 'error',
    message: `Actions are not allowed here. ${rules['button-actions'].remedy}`,
    remedy: rules['button-actions'].remedy,
  })
})

t.test('problems are lines', async t => {
  const problems = [
    createProblem('', 'value', { expected: 'an object', got: 'null' }),
    createProblem('/a', 'unknown-key', { names: ['b', 'c'], got: '"a"' }),
  ]
  t.equal(
    formatProblems(problems),
    '- / (value): This must be an object; got null. Change the value.\n' +
      '- /a (unknown-key): "a" is not allowed here, only b, c; it is dropped. Remove or rename it.',
  )
  t.equal(formatProblems([]), '')
})

t.test('errors come first where there are too many problems to list', async t => {
  const warnings = Array.from({ length: maxProblems }, (_, i) => createProblem(`/${i}`, 'https-url'))
  const found = firstProblems([...warnings, createProblem('/last', 'value')])
  t.equal(found.length, maxProblems)
  t.equal(found[0]?.path, '/last')
  t.equal(firstProblems(warnings), warnings)
})
