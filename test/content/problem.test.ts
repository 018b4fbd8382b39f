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
      .map(([rule, row]) => [rule, ...row])
      .sort(),
  )
})

t.test('a problem says what was expected, what came, and what to do', async t => {
  t.strictSame(createProblem('/messages', 'max-messages', 'at most 10 messages', '11'), {
    path: '/messages',
    rule: 'max-messages',
    severity: 'error',
    message: 'Expected at most 10 messages, got 11. Send the rest in a later step.',
  })
})

t.test('problems are lines', async t => {
  const problems = [createProblem('', 'value', 'an object', 'null'), createProblem('/a', 'unknown-key', 'b', '"a"')]
  t.equal(
    formatProblems(problems),
    '- / (value): Expected an object, got null. Change the value.\n' +
      '- /a (unknown-key): Expected b, got "a". Remove or rename it.',
  )
  t.equal(formatProblems([]), '')
})
