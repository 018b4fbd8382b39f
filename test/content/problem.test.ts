import { readFileSync } from 'node:fs'
import t from 'tap'
import { createProblem, formatProblems, rules } from '../../src/content/problem.ts'

t.test('docs/content.md has a row for each rule, with its severity and remedy, and for no other', async t => {
  const page = readFileSync('docs/content.md', 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (error|warning) \| ([^|]+) \| ([^|]+) \|$/gm)]
  const listed = rows.map(([, rule, severity, , remedy]) => [rule, severity, remedy])
  t.strictSame(
    listed.sort(),
    Object.entries(rules)
      .map(([rule, [severity, , remedy]]) => [rule, severity, remedy])
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
  for (const [rule, [, sentence]] of Object.entries(rules)) t.notMatch(sentence, /^Expected/, rule)
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
    message: `Actions are not allowed here. ${rules['button-actions'][2]}`,
    remedy: rules['button-actions'][2],
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
      '- /a (unknown-key): "a" is not allowed here, only b, c. Remove or rename it.',
  )
  t.equal(formatProblems([]), '')
})
