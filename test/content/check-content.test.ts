import t from 'tap'
import { addTag } from '../../src/content/action.ts'
import { flowButton } from '../../src/content/button.ts'
import { type Channel, channels } from '../../src/content/channels.ts'
import { checkContent, inspectContent } from '../../src/content/check.ts'
import { text } from '../../src/content/message.ts'
import type { Problem } from '../../src/content/problem.ts'
import { flowReply } from '../../src/content/quick-reply.ts'

const flow = 'content20180221085508_278589'

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
  return value
}

t.test('content gets the type of its channel, and none on Messenger', async t => {
  const messages = [text('Hello!')]
  const expected: Record<Channel, unknown> = {
    messenger: { messages },
    instagram: { type: 'instagram', messages },
    whatsapp: { type: 'whatsapp', messages },
    telegram: { type: 'telegram', messages },
    tiktok: { messages },
  }
  for (const channel of channels) t.strictSame(checkContent({ messages }, { channel }), expected[channel])
  t.strictSame(checkContent({ messages }), { messages }, 'Messenger by default')
  t.strictSame(checkContent({ type: 'telegram', messages }), { type: 'telegram', messages }, 'or what the type says')
})

t.test('the channel of the call wins over the type of the content', async t => {
  const content = { type: 'instagram', messages: [text('Hello!')] }
  t.strictSame(checkContent(content, { channel: 'telegram' }), { type: 'telegram', messages: [text('Hello!')] })
  t.strictSame(checkContent(content, { channel: 'messenger' }), { messages: [text('Hello!')] })
})

t.test('empty quick replies are left out where the channel has none, and only there', async t => {
  const content = { messages: [text('Hello!')], quick_replies: [] }
  for (const channel of ['messenger', 'instagram'] as const) {
    t.strictSame(checkContent(content, { channel }).quick_replies, [], channel)
  }
  for (const channel of ['whatsapp', 'telegram'] as const) {
    t.notOk('quick_replies' in checkContent(content, { channel }), channel)
  }
})

t.test('everything else is passed on as it is, and what was given is not changed', async t => {
  const content = freeze({
    type: 'whatsapp',
    messages: [text('Hello!', [flowButton('Go', 'content20180221085508_278589', { actions: [addTag('a')] })])],
    actions: [addTag('b')],
    quick_replies: [],
  })
  const { messages, actions } = content
  t.strictSame(checkContent(content, { channel: 'whatsapp' }), { type: 'whatsapp', messages, actions })
  t.strictSame(checkContent(content, { channel: 'messenger' }), { messages, actions, quick_replies: [] })
  t.strictSame(content.quick_replies, [])
})

t.test('an error is thrown with its pointers and rules, and with unknown keys, but without the warnings', async t => {
  const content = {
    messages: [text('a'.repeat(641), [flowButton('Go', 'x')]), { type: 'text' }],
    actions: [{ action: 'add_tag', tag: 'a' }],
  }
  const thrown = t.throws(() => checkContent(content), { name: 'DynablockError', code: 'DYN_CONTENT_INVALID' }) as Error
  t.equal(
    thrown.message,
    [
      'ManyChat would refuse this content:',
      '- /messages/1/text (required): This is missing; it must be text that is not empty. Add it.',
      '- /actions/0/tag_name (required): This is missing; it must be text that is not empty. Add it.',
      '- /actions/0/tag (unknown-key): "tag" is not allowed here, only action, tag_name; it is dropped. Remove or rename it.',
    ].join('\n'),
  )
})

t.test('a root that is no content is pointed at as /', async t => {
  t.throws(() => checkContent('Hello!'), { message: /\n- \/ \(value\): This must be an object; got text\. / })
})

t.test('warnings are told one by one, and the content is sent', async t => {
  const told: Problem[] = []
  const content = { messages: [text('Hello!', [flowButton('b'.repeat(21), flow), flowButton('c'.repeat(22), flow)])] }
  const passed = checkContent(content, { onWarning: (...args) => told.push(...args) })
  t.strictSame(passed, content)
  t.strictSame(told, inspectContent(content))
  t.strictSame(
    told.map(({ path, rule }) => [path, rule]),
    [
      ['/messages/0/buttons/0/caption', 'caption-length'],
      ['/messages/0/buttons/1/caption', 'caption-length'],
    ],
  )
  t.strictSame(checkContent(content), content, 'nobody needs to listen')
})

t.test('nothing is told of content that is refused', async t => {
  const content = { messages: [text('', [flowButton('b'.repeat(21), 'x')]), text('a'.repeat(2001))] }
  t.throws(() => checkContent(content, { onWarning: () => t.fail('told') }), { code: 'DYN_CONTENT_INVALID' })
})

t.test('no text of the content gets into an error or a warning', async t => {
  for (const canary of ['canary', 'Canary: sings', 'http://canary/', '\u{1F426} canary '.repeat(300)]) {
    const callback = { url: canary, method: canary, headers: { a: canary }, payload: canary }
    const buttons = [
      { type: 'url', caption: canary, url: canary, webview_size: canary, actions: canary },
      { type: 'flow', caption: canary, target: [canary] },
      { type: 'node', caption: [canary], target: canary },
      { type: 'call', caption: canary, phone: { canary } },
      { type: 'buy', caption: canary, customer: canary, product: { label: [canary], cost: canary } },
      { type: 'dynamic_block_callback', caption: canary, ...callback },
      { type: 'dynamic_block_callback', caption: canary, url: canary, method: 'post' },
      { caption: canary },
      canary,
    ]
    const replies = [{ type: 'flow', caption: canary, target: canary }, { type: 'node', caption: canary }, canary]
    const contents = [
      { messages: [{ type: 'text', text: canary, buttons }] },
      {
        messages: [
          { type: 'text', text: [canary] },
          { type: 'image', url: canary },
          { type: 'file', url: { canary } },
        ],
      },
      { messages: [{ type: 'cards', elements: [{ title: canary, subtitle: canary, image_url: canary, buttons }] }] },
      { messages: [{ type: 'cards', elements: [{ title: [canary] }, canary], image_aspect_ratio: canary }, canary] },
      { messages: canary, actions: canary, quick_replies: canary, external_message_callback: canary, type: canary },
      { messages: [{}], quick_replies: replies, external_message_callback: callback },
      { messages: [], external_message_callback: { url: canary, method: 'post', timeout: canary } },
      { messages: [], actions: [{ action: 'add_tag', tag_name: [canary] }, { action: 'remove_tag' }, canary] },
      { messages: [], actions: [{ action: 'set_field_value', field_name: [canary], value: [canary] }] },
      canary,
    ]
    for (const [i, content] of contents.entries()) {
      for (const channel of channels) {
        const { message } = t.throws(() => checkContent(content, { channel }), { code: 'DYN_CONTENT_INVALID' }) as Error
        t.notMatch(message, /canary/i, `the error of content ${i} on ${channel}`)
        t.notMatch(JSON.stringify(inspectContent(content, { channel })), /canary/i, `problems ${i} on ${channel}`)
      }
    }
  }
})

t.test('the text of sound content gets into no warning either', async t => {
  const canary = `canary ${'a'.repeat(5000)}`
  const card = { title: canary, subtitle: canary, image_url: 'ftp://canary/', action_url: 'canary' }
  const messages = [text(canary, [{ type: 'url', caption: canary, url: canary }]), { type: 'cards', elements: [card] }]
  const problems = inspectContent({ messages, quick_replies: [flowReply(canary, canary)] })
  t.equal(problems.length, 9)
  t.notMatch(JSON.stringify(problems), /canary/)
})
