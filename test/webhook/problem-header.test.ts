import t from 'tap'
import { readProblems, writeProblems } from '../../src/webhook/problem-header.ts'

t.test('problems are a line, with the rule and the place of each first', async t => {
  const problems = [
    { rule: 'DYN_BLOCK_THREW', path: '', message: 'The handler threw TypeError: x.' },
    { rule: 'text-length', path: '/messages/0/text', message: 'Too long.' },
  ]
  const line = 'DYN_BLOCK_THREW: The handler threw TypeError: x. | text-length /messages/0/text: Too long.'
  t.equal(writeProblems(problems), line)
  t.same(readProblems(line), problems)
})

t.test('a message has no part that reads like another problem, and no character that a header cannot hold', async t => {
  const message = 'one\n  two — | DYN_X: three'
  const read = [{ rule: 'value', path: '', message: 'one two ? / DYN_X: three' }]
  t.same(readProblems(writeProblems([{ rule: 'value', path: '', message }])), read)
})

t.test('text of other servers is no problem', async t => {
  for (const header of ['', 'broken', ' | ', '/a: b', 'a :b']) t.same(readProblems(header), [], header)
})
