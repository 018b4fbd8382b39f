import { readFileSync } from 'node:fs'
import t from 'tap'
import { type ErrorCode, errorTable } from '../../src/errors/error-table.ts'
import { createError, DynablockError, fillRow } from '../../src/errors/errors.ts'
import { problemOf } from '../../src/errors/problem-details.ts'

const codes = Object.keys(errorTable) as ErrorCode[]

t.test('docs/errors.md has a row for each code, with its status, and for no other', async t => {
  const page = readFileSync('docs/errors.md', 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| ([^|]+) \| ([^|]+) \|$/gm)]
  t.equal(rows.length, page.match(/^\| `/gm)?.length, 'every row has a code, a status, when, and what to do')
  const listed = rows.map(([, code, status]) => [code, Number(status)])
  t.strictSame(listed.sort(), codes.map(code => [code, errorTable[code][0]]).sort())
})

t.test('a row has a status, a title, and sentences that a person would write', async t => {
  for (const code of codes) {
    const [status, title, sentence, remedy = ''] = errorTable[code]
    t.match(code, /^DYN_[A-Z_]+$/)
    t.match(String(status), /^[45]\d\d$/, code)
    t.match(title, /^[A-Z][^.]+$/, code)
    t.notMatch(sentence, /^Expected/, code)
    // A list of problems or a hint ends the sentence itself.
    t.match(sentence, /(?:\.|\{hint\}|\{problems\})$/, code)
    t.match(remedy, /^$|\.$|^\{\w+\}$/, code)
    t.ok(sentence.length + remedy.length <= 240, `${code} has at most 240 characters`)
  }
})

t.test('an error carries its row, and its parts as data', async t => {
  const error = createError('DYN_CHAT_TAP', { expected: 'one of "S", "M"', got: '"L"' })
  t.type(error, DynablockError)
  t.type(error, Error)
  t.equal(error.name, 'DynablockError')
  t.equal(error.code, 'DYN_CHAT_TAP')
  t.equal(error.status, 400)
  t.equal(error.title, 'Nothing to tap')
  t.equal(error.expected, 'one of "S", "M"')
  t.equal(error.got, '"L"')
  t.equal(error.remedy, errorTable.DYN_CHAT_TAP[3])
  t.equal(error.message, `"L" cannot be tapped: expected one of "S", "M". ${error.remedy}`)
  t.notOk('cause' in error)
})

t.test('where nothing is to be said there is no data', async t => {
  const error = createError('DYN_SEND_UNKNOWN')
  t.strictSame(Object.keys(problemOf(error)), ['code', 'title', 'status', 'detail'])
  t.notOk('expected' in error || 'got' in error || 'remedy' in error || 'problems' in error)
})

t.test('a part that the sentence has no place for is data all the same', async t => {
  const error = createError('DYN_METHOD_UNKNOWN', { expected: 'POST', got: 'GET' })
  t.match(problemOf(error), { expected: 'POST', got: 'GET', detail: error.message })
})

t.test('every placeholder is filled, numbers too', async t => {
  const { message } = createError('DYN_BLOCK_LATE', { where: 'block "size"', limit: 8000 })
  t.match(message, 'The handler of block "size" took longer than 8000 ms.')
  t.equal(createError('DYN_STORE_NEWER', { known: 7, got: 9 }).got, '9')
})

t.test('a value that looks like a placeholder or a pattern is left as it is', async t => {
  const { message } = createError('DYN_STEP_MISSING', { steps: '{step}, $&, $1', step: 'sizes' })
  t.equal(message, 'The block has no step "sizes"; its steps are {step}, $&, $1. Name one of them.')
})

t.test('a remedy that is given is told, and an empty one leaves no gap', async t => {
  const given = { expected: 'open to be a function', got: 'nothing' }
  const sentence = 'The block is not valid: expected open to be a function, got nothing.'
  t.match(fillRow('DYN_BLOCK_INVALID', { ...given, remedy: 'Add it.' }), { message: `${sentence} Add it.` })
  t.strictSame(fillRow('DYN_BLOCK_INVALID', { ...given, remedy: '' }), { message: sentence, ...given })
})

t.test('a cause is kept', async t => {
  const cause = new Error('connection refused')
  t.equal(createError('DYN_INTERNAL', undefined, { cause }).cause, cause)
  t.equal(createError('DYN_BODY_REFUSED', { got: '"__proto__"' }, { cause }).cause, cause)
})

t.test('several problems are kept one by one', async t => {
  const problems = [{ subject: 'PORT', message: 'PORT must be a number.', remedy: 'Set it.' }]
  const error = createError('DYN_SETTINGS_REFUSED', { problems: '- PORT must be a number.' }, { problems })
  t.strictSame(error.problems, problems)
})

t.test('an error of a known code can be made with a message of its own', async t => {
  const error = new DynablockError('DYN_UNAUTHORIZED', 'Say who you are.', { got: 'nothing' })
  t.match(error, { message: 'Say who you are.', status: 401, title: 'Not authorized', got: 'nothing' })
})
