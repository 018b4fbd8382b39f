import t from 'tap'
import { type Call, defineBlock, type Reply, text } from '../../src/index.ts'
import { ana, build } from '../helper.ts'

/** A verb without types, as JavaScript calls it. */
type Loose = (...args: unknown[]) => unknown

const serving = (open: (call: Call) => unknown, options = {}) => ({
  block: defineBlock({ ...options, open: call => open(call as unknown as Call) as Reply }),
})

t.test('every kind of reply', async t => {
  const hello = { type: 'text', text: 'Hello' }
  const card = { type: 'cards', elements: [{ title: 'One' }] }
  for (const [what, reply, content] of [
    ['a string', 'Hello', { messages: [hello] }],
    ['one message', text('Hello'), { messages: [hello] }],
    ['a gallery', card, { messages: [card] }],
    ['messages', [hello, hello], { messages: [hello, hello] }],
    ['no messages', [], { messages: [] }],
    ['content', { messages: [hello] }, { messages: [hello] }],
    [
      'content without messages',
      { actions: [{ action: 'add_tag', tag_name: 'x' }] },
      { messages: [], actions: [{ action: 'add_tag', tag_name: 'x' }] },
    ],
    ['a whole answer', { version: 'v2', content: { messages: [hello] } }, { messages: [hello] }],
    ['content without a prototype', Object.assign(Object.create(null), { messages: [hello] }), { messages: [hello] }],
    ['nothing', undefined, { messages: [] }],
    ['null', null, { messages: [] }],
  ] as const) {
    for (const wrap of [(value: unknown) => value, async (value: unknown) => value]) {
      const { open, lines } = build(t, { blocks: serving(() => wrap(reply)) })
      t.same((await open('block')).json, { version: 'v2', content }, what)
      t.same(lines('error'), [])
    }
  }
})

t.test('whatever a handler does, the contact gets valid content with 200', async t => {
  const circular: Record<string, unknown> = { messages: [] }
  circular.actions = circular
  const loop: Record<string, unknown> = {}
  loop.loop = loop
  // biome-ignore lint/suspicious/noThenProperty: the subject
  const thenable = { then: fail(new Error('canary')) }
  const button = { type: 'dynamic_block_callback', caption: 'Go', url: 'https://a.test', method: 'post', payload: loop }
  for (const [what, open, code] of [
    ['throws', fail(new Error('canary')), 'DYN_BLOCK_THREW'],
    ['throws text', fail('canary'), 'DYN_BLOCK_THREW'],
    ['throws nothing', fail(undefined), 'DYN_BLOCK_THREW'],
    [
      'throws what has no names',
      fail(Object.assign(new Error('canary'), { stack: 5, message: null })),
      'DYN_BLOCK_THREW',
    ],
    ['rejects', () => Promise.reject(new Error('canary')), 'DYN_BLOCK_THREW'],
    ['rejects with nothing', () => Promise.reject(), 'DYN_BLOCK_THREW'],
    ['a thenable that throws', () => thenable, 'DYN_BLOCK_THREW'],
    ['a number', () => 5, 'DYN_REPLY_INVALID'],
    ['true', () => true, 'DYN_REPLY_INVALID'],
    ['a function', () => () => 'canary', 'DYN_REPLY_INVALID'],
    ['a symbol', () => Symbol('canary'), 'DYN_REPLY_INVALID'],
    ['the answer of fetch', () => new Response('canary'), 'DYN_REPLY_INVALID'],
    ['an error', () => new Error('canary'), 'DYN_REPLY_INVALID'],
    ['a map', () => new Map([['messages', []]]), 'DYN_REPLY_INVALID'],
    ['an empty text', () => '', 'DYN_CONTENT_INVALID'],
    ['a list of strings', () => ['canary'], 'DYN_REPLY_INVALID'],
    ['another object', () => ({ text: 'canary' }), 'DYN_CONTENT_INVALID'],
    ['another object beside actions', () => ({ text: 'canary', actions: [] }), 'DYN_CONTENT_INVALID'],
    ['messages that are no content', () => ({ version: 'v2', messages: [text('canary')] }), 'DYN_CONTENT_INVALID'],
    ['messages undefined', () => ({ messages: undefined }), 'DYN_CONTENT_INVALID'],
    ['content over a limit', () => Array(11).fill(text('canary')), 'DYN_CONTENT_INVALID'],
    ['what holds itself', () => circular, 'DYN_CONTENT_INVALID'],
    ['a payload that holds itself', () => text('canary', [button as never]), 'DYN_CONTENT_INVALID'],
    [
      'a step that does not exist',
      ({ tap }) => text('x', [(tap as Loose)('Go', 'nothing') as never]),
      'DYN_STEP_MISSING',
    ],
  ] as [string, (call: Call) => unknown, string][]) {
    const { open: openBlock, lines, log } = build(t, { blocks: serving(open) })
    const { status, json, content, shown } = await openBlock('block', `{"contact":${ana},"channel":"telegram"}`)
    t.same([status, json.version, content.type], [200, 'v2', 'telegram'], what)
    t.match(shown, /^Sorry, that did not work/)
    t.match(lines('error'), [{ block: 'block', step: null, channel: 'telegram', code }], what)
    t.notMatch(log.join(''), /canary/, what)
  }
})

t.test('the log says which block, step and rule', async t => {
  const block = defineBlock({
    open: ({ tap }) => text('Go', [tap('Go', 'next')]),
    steps: { next: () => Array(11).fill(text('Hi')) },
  })
  const { open, tap, lines } = build(t, { blocks: { block } })
  await tap(await open('block'), 'Go')
  t.match(lines('error'), [{ block: 'block', step: 'next', problem: /- \/messages \(max-messages\): .* got 11/ }])
})

t.test('an error is logged by its kinds and its place', async t => {
  const cause = Object.assign(new Error('canary to nobody'), { code: 'ECONNREFUSED' })
  const { open, lines, log } = build(t, {
    blocks: serving(fail(new TypeError('canary\n    at home with Ana', { cause }))),
  })
  await open('block')
  const [line] = lines('error')
  t.same(line?.kinds, ['TypeError', 'Error', 'ECONNREFUSED'])
  t.match(line?.at, [/^at .*run\.test\.ts/])
  t.notMatch(log.join(''), /canary|at home/)
})

t.test('what is repaired or may be cut is shown, and logged once per block and rule', async t => {
  const blocks = {
    first: defineBlock({ open: () => Array(3).fill(text('x'.repeat(2001))) }),
    second: defineBlock({ open: () => 'y'.repeat(2001) }),
  }
  const { open, lines } = build(t, { blocks })
  for (const name of ['first', 'first', 'second']) t.equal((await open(name)).status, 200)
  t.match(lines('warn'), [
    { block: 'first', channel: 'messenger', rule: 'text-split', path: '/messages/0/text', problem: /got 2001/ },
    { block: 'second', rule: 'text-split', msg: 'content was repaired' },
  ])
  t.equal(lines('warn').length, 2)
})

t.test('no text of a message reaches the log, wherever it stands', async t => {
  const long = `canary ${'x'.repeat(5000)}`
  const wrongButtons = ['url', 'call', 'flow', 'node', 'buy', 'dynamic_block_callback', 'a canary'].map(type => ({
    type,
    caption: long,
    url: 'http://a.test/canary',
    webview_size: 'canary',
    target: 5,
    phone: { canary: 'canary' },
    payload: 'canary',
    headers: { 'x-a': 5 },
    product: { label: 'canary', cost: 'canary' },
  }))
  for (const reply of [
    long,
    text(long, wrongButtons as never),
    { type: 'image', url: 'http://canary.webp' },
    { type: 'cards', elements: [{ title: long, subtitle: long, image_url: 'http://canary', action_url: 'canary' }] },
    { type: 'cards', elements: [{ title: 5, subtitle: ['canary'], buttons: 'canary' }] },
    { messages: 'canary' },
    { messages: ['canary', { type: long }] },
    { quick_replies: [{ type: 'flow', caption: long, target: '' }, { type: long }] },
    { actions: [{ action: long }, { action: 'set_field_value', field_name: 'x', value: { canary: 'canary' } }] },
    { external_message_callback: { url: 'http://canary', method: 'canary', payload: 'canary', timeout: 'canary' } },
  ]) {
    const { open, log } = build(t, { blocks: serving(() => reply) })
    t.equal((await open('block')).status, 200)
    t.ok(log.length > 0)
    t.notMatch(log.join(''), /canary/)
  }
})

t.test('a step name that may be what a contact wrote is not repeated', async t => {
  const { open, log } = build(t, {
    blocks: serving(({ input, listen }) => ({ external_message_callback: (listen as Loose)(input) })),
  })
  await open('block', '{"id":7,"last_input_text":"my number is canary"}')
  t.match(log.join(''), /DYN_STEP_MISSING/)
  t.notMatch(log.join(''), /canary/)
})

function fail(error: unknown): () => never {
  return () => {
    throw error
  }
}
