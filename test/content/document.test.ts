import t from 'tap'
import { checkContent, inspectContent } from '../../src/content/check.ts'
import { readDocument } from '../../src/content/document.ts'
import { maxProblems } from '../../src/content/problem.ts'
import { readCases } from './fixtures.ts'

t.test('content has the same problems alone and in an answer', async t => {
  for (const { name, channel, content, options = {} } of [...readCases('valid'), ...readCases('invalid')]) {
    if (typeof content === 'object' && content !== null && 'version' in content) continue
    const expected = inspectContent(content, { ...options, channel })
    const inAnswer = expected.map(problem => ({ ...problem, path: `/content${problem.path}` }))
    t.strictSame(inspectContent({ version: 'v2', content }, { ...options, channel }), inAnswer, `${channel} ${name}`)
  }
})

/** The findings, as `<rule> <path>`. */
function find(document: unknown): string[] {
  return inspectContent(document).map(({ rule, path }) => `${rule} ${path}`)
}

t.test('what people put wrong around content', async t => {
  const listener = { url: 'https://example.com/', method: 'post' }
  const content = { messages: [] }
  t.strictSame(find({ content }), ['required /version'])
  t.strictSame(find({ version: 'v1', content }), ['value /version'])
  t.strictSame(find({ version: 2, content }), ['value /version'])
  t.strictSame(find({ version: 'v2', ...content }), ['required /content'])
  t.strictSame(find({ version: 'v2' }), ['required /content', 'required /messages'])
  t.strictSame(find({ version: 'v2', content, external_message_callback: listener, quick_replies: [], foo: 1 }), [
    'beside-content /external_message_callback',
    'beside-content /quick_replies',
    'unknown-key /foo',
  ])
  t.match(inspectContent({ version: 'v2', content, external_message_callback: listener }), [
    {
      severity: 'repaired',
      message:
        '"external_message_callback" stands beside "content", where ManyChat ignores it; it is moved there. ' +
        'Move it into "content".',
      expected: '"external_message_callback" inside "content"',
      got: '"external_message_callback"',
      remedy: 'Move it into "content".',
    },
  ])
  t.strictSame(find({ version: 'v2', content: null }), ['value /content'])
  t.strictSame(find({ version: 'v2', content: undefined }), ['value /content'])
})

t.test('it may name its schema', async t => {
  t.match(readDocument({ $schema: 'a', messages: [] }), { content: { messages: [] }, problems: [] })
  t.strictSame(find({ $schema: 'a', version: 'v2', content: { messages: [] } }), [])
  t.strictSame(find({ $schema: 1, version: 'v2', content: { messages: [] } }), ['unknown-key /$schema'])
})

t.test('what is no document is no content', async t => {
  for (const rubbish of [undefined, null, 7, 'Hello', [], [{ version: 'v2', content: {} }]]) {
    t.strictSame(find(rubbish), ['value '], JSON.stringify(rubbish))
  }
})

t.test('a million wrong keys are a few problems, and none is quoted whole', async t => {
  const keys = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${'k'.repeat(100)}${i}`, i]))
  const problems = inspectContent({ version: 'v2', content: { messages: {} }, ...keys })
  t.equal(problems.length, maxProblems)
  t.equal(problems[1]?.got, `"${'k'.repeat(40)}"`)
})

t.test('a member beside the content keeps its place in pointers, wherever it is moved', async t => {
  const actions = [{ action: 'add_tag' }]
  t.strictSame(find({ version: 'v2', content: { messages: [{}] }, actions }), [
    'beside-content /actions',
    'required /content/messages/0/type',
    'required /actions/0/tag_name',
  ])
})

t.test('a whole answer is checked to its content', async t => {
  const messages = [{ type: 'text', text: 'Hi' }]
  t.strictSame(checkContent({ version: 'v2', content: { messages } }, { channel: 'telegram' }), {
    type: 'telegram',
    messages,
  })
  t.throws(() => checkContent({ version: 'v2', messages }), {
    code: 'DYN_CONTENT_INVALID',
    message: /\/content \(required\)/,
  })
})
