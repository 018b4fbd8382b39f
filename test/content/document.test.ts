import t from 'tap'
import { inspectDocument, readDocument } from '../../src/content/document.ts'
import { inspectContent } from '../../src/content/inspect.ts'
import { maxProblems } from '../../src/content/problem.ts'
import { readCases } from './fixtures.ts'

t.test('content has the same problems alone and in an answer', async t => {
  for (const { name, channel, content, options = {} } of [...readCases('valid'), ...readCases('invalid')]) {
    const expected = inspectContent(content, { ...options, channel })
    const inAnswer = expected.map(problem => ({ ...problem, path: `/content${problem.path}` }))
    t.strictSame(inspectDocument({ version: 'v2', content }, { ...options, channel }), inAnswer, `${channel} ${name}`)
    const isAnswerLike = typeof content === 'object' && content !== null && 'version' in content
    if (!isAnswerLike) t.strictSame(inspectDocument(content, { ...options, channel }), expected, `${channel} ${name}`)
  }
})

/** The findings, as `<rule> <path>`. */
function find(document: unknown): string[] {
  return inspectDocument(document).map(({ rule, path }) => `${rule} ${path}`)
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
    'unknown-key /external_message_callback',
    'unknown-key /quick_replies',
    'unknown-key /foo',
  ])
  t.match(inspectDocument({ version: 'v2', content, external_message_callback: listener }), [
    {
      severity: 'error',
      message:
        '"external_message_callback" stands beside "content", where ManyChat ignores it. Move it into "content".',
      expected: '"external_message_callback" inside "content"',
      got: 'it beside "content"',
      remedy: 'Move it into "content".',
    },
  ])
  t.strictSame(find({ version: 'v2', content: null }), ['value /content'])
  t.strictSame(find({ version: 'v2', content: undefined }), ['value /content'])
})

t.test('it may name its schema', async t => {
  t.strictSame(readDocument({ $schema: 'a', messages: [] }), { content: { messages: [] }, base: '', problems: [] })
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
  const problems = inspectDocument({ version: 'v2', content: { messages: {} }, ...keys })
  t.equal(problems.length, maxProblems)
  t.equal(problems[0]?.got, `"${'k'.repeat(40)}"`)
})
