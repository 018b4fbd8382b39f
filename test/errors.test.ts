import { readFileSync } from 'node:fs'
import t from 'tap'
import { createError, DynablockError, type ErrorCode, errorTable } from '../src/errors.ts'

const codes = Object.keys(errorTable) as ErrorCode[]

t.test('docs/errors.md has a row for each code, with its status, and for no other', async t => {
  const page = readFileSync('docs/errors.md', 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| ([^|]+) \| ([^|]+) \|$/gm)]
  t.equal(rows.length, page.match(/^\| `/gm)?.length, 'every row has a code, a status, when, and what to do')
  const listed = rows.map(([, code, status]) => [code, Number(status)])
  t.strictSame(listed.sort(), codes.map(code => [code, errorTable[code][0]]).sort())
})

t.test('a row says what was expected, what came, and what to do', async t => {
  for (const code of codes) {
    const [status, title, message] = errorTable[code]
    t.match(code, /^DYN_[A-Z_]+$/)
    t.match(String(status), /^[45]\d\d$/, code)
    t.match(title, /^[A-Z][^.]+$/, code)
    t.match(message, /^Expected .+ got\b/, code)
  }
})

t.test('an error carries its row', async t => {
  const error = createError('DYN_BODY_NOT_JSON', { got: 'text that breaks at character 7' })
  t.type(error, DynablockError)
  t.type(error, Error)
  t.equal(error.name, 'DynablockError')
  t.equal(error.code, 'DYN_BODY_NOT_JSON')
  t.equal(error.status, 400)
  t.equal(error.title, 'Body is not JSON')
  t.equal(
    error.message,
    'Expected JSON, got text that breaks at character 7. Check the quotes and commas in the Body tab of the Dynamic Block.',
  )
  t.notOk('cause' in error)
})

t.test('every placeholder is filled, numbers too', async t => {
  const { message } = createError('DYN_BLOCK_LATE', { where: 'block "size"', limit: 8000 })
  t.match(message, 'Expected a reply of block "size" within 8000 ms, got none.')
})

t.test('a value that looks like a placeholder or a pattern is left as it is', async t => {
  const { message } = createError('DYN_STEP_MISSING', { steps: '{step}, $&, $1', step: 'sizes' })
  t.equal(message, 'Expected a step of the block ({step}, $&, $1), got "sizes". Name one of them.')
})

t.test('a cause is kept', async t => {
  const cause = new Error('connection refused')
  t.equal(createError('DYN_INTERNAL', undefined, { cause }).cause, cause)
  t.equal(createError('DYN_BODY_REFUSED', { got: '"__proto__"' }, { cause }).cause, cause)
})

t.test('an error of a known code can be made with a message of its own', async t => {
  const error = new DynablockError('DYN_UNAUTHORIZED', 'Expected this, got that.')
  t.match(error, { message: 'Expected this, got that.', status: 401, title: 'Not authorized' })
})
