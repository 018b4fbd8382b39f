import t from 'tap'
import { setField } from '../../src/content/action.ts'
import { checkContent, inspectContent } from '../../src/content/check.ts'
import { text } from '../../src/content/message.ts'
import { maxProblems } from '../../src/content/problem.ts'

/** The findings, as `<rule> <path>`. */
function find(content: unknown): string[] {
  return inspectContent(content).map(({ rule, path }) => `${rule} ${path}`)
}

function bomb(): never {
  throw new Error('read me not')
}

const callback = { url: 'https://example.com/', method: 'post' }

t.test('what is no object is no content', async t => {
  for (const rubbish of [undefined, null, true, 7, Number.NaN, 7n, '', 'Hello!', Symbol('a'), bomb, [], [text('a')]]) {
    t.strictSame(find(rubbish), ['value '], typeof rubbish)
  }
})

t.test('objects that are something else lack messages', async t => {
  for (const rubbish of [new Date(), new Map(), new Error('a'), Object.create(null), new (class {})(), /a/]) {
    t.strictSame(find(rubbish)[0], 'required /messages', Object.prototype.toString.call(rubbish))
  }
})

t.test('functions, symbols and NaN in content are wrong values', async t => {
  const message = { type: 'text', text: bomb, buttons: [bomb, Symbol('a'), Number.NaN, 7n] }
  t.strictSame(find({ messages: [message, bomb, undefined], actions: [setField('a', Number.NaN)] }), [
    'value /messages/0/text',
    'value /messages/0/buttons/0',
    'value /messages/0/buttons/1',
    'value /messages/0/buttons/2',
    'value /messages/0/buttons/3',
    'value /messages/1',
    'value /messages/2',
    'value /actions/0/value',
  ])
})

t.test('a member that is undefined is like one that is absent', async t => {
  const content = { messages: [{ type: 'text', text: 'a', buttons: undefined }], actions: undefined }
  t.strictSame(find({ ...content, quick_replies: undefined, external_message_callback: undefined }), [])
  t.strictSame(find({ messages: undefined }), ['value /messages'], 'where it must be present, it is a wrong value')
})

t.test('what throws when it is read is one problem', async t => {
  const traps = { get: bomb, has: bomb, ownKeys: bomb, getOwnPropertyDescriptor: bomb }
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const objects = {
    'a getter': Object.defineProperty({}, 'messages', { get: bomb, enumerable: true }),
    'a getter inside': { messages: [Object.defineProperty({ type: 'text' }, 'text', { get: bomb, enumerable: true })] },
    'a Proxy': new Proxy({}, traps),
    'a Proxy inside': { messages: [new Proxy({}, traps)] },
    'a revoked Proxy': revoked.proxy,
  }
  for (const [name, content] of Object.entries(objects)) {
    t.strictSame(find(content), ['value '], name)
    t.throws(() => checkContent(content), { code: 'DYN_CONTENT_INVALID' }, name)
  }
})

t.test('a Proxy that behaves is content', async t => {
  t.strictSame(find(new Proxy({ messages: [new Proxy(text('a'), {})] }, {})), [])
})

t.test('a circular object is refused wherever it is', async t => {
  const circle: Record<string, unknown> = { messages: [] }
  circle.self = circle
  t.strictSame(find(circle), ['unknown-key /self'])
  circle.messages = [circle]
  t.strictSame(find(circle), ['required /messages/0/type', 'unknown-key /self'])
  const button = { type: 'dynamic_block_callback', caption: 'Go', ...callback, payload: { circle } }
  const content = { messages: [{ type: 'text', text: 'a', buttons: [button] }], quick_replies: [button] }
  t.strictSame(find({ ...content, external_message_callback: { ...callback, payload: { circle } } }), [
    'value /messages/0/buttons/0/payload',
    'value /quick_replies/0/payload',
    'value /external_message_callback/payload',
  ])
})

t.test('a payload may hold whatever JSON can', async t => {
  const payload = { a: [1, { b: null }], c: 9007199254740993n, d: new Date(0), e: undefined }
  t.strictSame(find({ messages: [], external_message_callback: { ...callback, payload } }), [])
  const unwritable = { nested: { toJSON: bomb } }
  t.strictSame(find({ messages: [], external_message_callback: { ...callback, payload: unwritable } }), [
    'value /external_message_callback/payload',
  ])
})

t.test('a million wrong things are a few problems', async t => {
  const million = <Value>(value: Value) => new Array(1e6).fill(value)
  const button = { type: 'flow', caption: 'a caption that is too long', target: 'x' }
  t.equal(inspectContent({ messages: million({ type: 'x' }) }).length, maxProblems)
  t.equal(inspectContent({ messages: million(null), actions: million(1) }).length, maxProblems)
  t.equal(inspectContent({ messages: [{ ...text('a'), buttons: million({}) }] }).length, maxProblems, 'wrong buttons')
  t.equal(inspectContent({ messages: [{ ...text('a'), buttons: million(button) }] }).length, maxProblems, 'warnings')
  t.strictSame(find({ messages: million(text('a')) }), ['max-messages /messages'])
  const keys = Object.fromEntries(Array.from({ length: 1e4 }, (_, i) => [`key${i}`, i]))
  t.equal(inspectContent({ messages: [], ...keys }).length, maxProblems, 'unknown keys')
})

t.test('a name that goes on for ever is cut in the message', async t => {
  const [problem] = inspectContent({ messages: [], ['k'.repeat(1e5)]: 1 })
  t.match(problem, { message: `"${'k'.repeat(40)}" is not allowed`, got: `"${'k'.repeat(40)}"` })
})

t.test('the whole of a broken content is looked at, not its first error', async t => {
  const long = { type: 'flow', caption: 'a caption that is too long', target: 'content1_2' }
  t.strictSame(find({ messages: [{}, { ...text('a'), buttons: [long] }], actions: [{}], quick_replies: [long] }), [
    'required /messages/0/type',
    'required /actions/0/action',
    'caption-length /messages/1/buttons/0/caption',
    'caption-length /quick_replies/0/caption',
  ])
})

t.test('the channel is that of the options, else of the content, else Messenger', async t => {
  const messages = [{ type: 'image', url: 'https://example.com/a.png' }]
  t.strictSame(find({ messages }), [])
  t.strictSame(find({ type: 'whatsapp', messages }), ['undocumented-message /messages/0/type'])
  t.strictSame(inspectContent({ messages }, { channel: 'whatsapp' }).length, 1)
})
