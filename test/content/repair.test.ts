import fc from 'fast-check'
import t from 'tap'
import { flowButton, urlButton } from '../../src/content/button.ts'
import { channels } from '../../src/content/channels.ts'
import { cards, image, text } from '../../src/content/message.ts'
import { flowReply } from '../../src/content/quick-reply.ts'
import { repairContent } from '../../src/content/repair.ts'
import { replies } from '../fuzz/corpus.ts'
import { mutated } from '../fuzz/mutation.ts'
import { readCases } from './fixtures.ts'

const flow = 'content20180221085508_278589'
const listener = { url: 'https://example.com/', method: 'post' }

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
  return value
}

/** Each problem as `<severity> <rule> <path>`. */
const list = ({ problems }: ReturnType<typeof repairContent>) =>
  problems.map(({ severity, rule, path }) => `${severity} ${rule} ${path}`)

t.test('what needs no repair is the same object', async t => {
  const content = freeze({
    messages: [text('Hello!', [flowButton('Go', flow)])],
    quick_replies: [flowReply('Go', flow)],
  })
  t.equal(repairContent(content).content, content)
  t.equal(repairContent({ version: 'v2', content }).content, content)
})

t.test('parts that need no repair are not copied', async t => {
  const given = freeze({
    messages: [text('a'), { ...text('b'), extra: 1 }],
    actions: [],
    external_message_callback: null,
  })
  const { content } = repairContent(given) as { content: typeof given }
  t.strictSame(content, { messages: [text('a'), text('b')], actions: [] })
  t.equal(content.messages[0], given.messages[0])
  t.equal(content.actions, given.actions)
})

t.test('a member that is undefined is left alone', async t => {
  const content = { messages: [{ ...text('a'), buttons: undefined }], actions: null, quick_replies: undefined }
  t.strictSame(repairContent(content).content, {
    messages: [{ type: 'text', text: 'a', buttons: undefined }],
    quick_replies: undefined,
  })
})

t.test('what is needed is never dropped', async t => {
  t.strictSame(
    list(
      repairContent({
        messages: [
          { type: 'text', text: '' },
          { type: 'image', url: null },
        ],
      }),
    ),
    ['error value /messages/0/text', 'error value /messages/1/url'],
  )
  t.strictSame(list(repairContent({ messages: null })), ['error value /messages'])
  t.strictSame(
    list(repairContent({ messages: [], actions: [{ action: 'set_field_value', field_name: 'a', value: null }] })),
    ['error value /actions/0/value'],
  )
})

t.test('what the author of a callback puts into it is theirs', async t => {
  const external_message_callback = {
    ...listener,
    payload: { a: null, b: '', c: [], type: 'facebook' },
    headers: { a: '' },
  }
  t.strictSame(list(repairContent({ messages: [], external_message_callback })), [])
})

t.test('a webview_size is dropped from every button that has one', async t => {
  const button = urlButton('Go', 'https://example.com', { webview_size: 'full' })
  const plain = urlButton('Go', 'https://example.com')
  const messages = [
    text('a', [button, flowButton('Go', flow)]),
    cards([{ title: 'a', buttons: [button] }, { title: 'b' }]),
    image('https://example.com/a.png'),
  ]
  t.strictSame(repairContent(freeze({ messages }), { channel: 'instagram' }).content, {
    type: 'instagram',
    messages: [
      text('a', [plain, flowButton('Go', flow)]),
      cards([{ title: 'a', buttons: [plain] }, { title: 'b' }]),
      image('https://example.com/a.png'),
    ],
  })
})

t.test('of several long texts, those that would be refused are split first', async t => {
  const short = Array.from({ length: 7 }, () => text('a'))
  const cut = text('abc '.repeat(200), [flowButton('Go', flow)])
  const refused = text('abc '.repeat(501))
  t.strictSame(list(repairContent({ messages: [cut, refused, ...short] })), [
    'repaired text-split /messages/1/text',
    'warning text-length /messages/0/text',
  ])
  const { content } = repairContent({ messages: [cut, refused, cut, ...short.slice(1)] }) as {
    content: { messages: unknown[] }
  }
  t.equal(content.messages.length, 10)
})

t.test('the last part has the buttons', async t => {
  const buttons = [flowButton('Go', flow)]
  const { content } = repairContent({ messages: [text(`${'First. '.repeat(300)}Which?`, buttons)] })
  const { messages } = content as { messages: { text: string; buttons?: unknown }[] }
  t.ok(messages.length > 1)
  t.strictSame(messages.at(-1)?.buttons, buttons)
  t.ok((messages.at(-1)?.text.length ?? 0) <= 640)
  t.notOk(messages.slice(0, -1).some(message => 'buttons' in message))
  t.match(messages.at(-1)?.text, /Which\?$/)
})

t.test('quick replies beside something that is no list stay where the error is', async t => {
  const content = { messages: [{ ...text('a'), quick_replies: [flowReply('Go', flow)] }], quick_replies: 'no' }
  t.strictSame(list(repairContent(content)), [
    'error value /quick_replies',
    'repaired message-quick-replies /messages/0/quick_replies',
  ])
})

t.test('on the wire nothing is moved, split or fitted', async t => {
  const quick_replies = [flowReply('Go', flow)]
  const long = text('abc '.repeat(501))
  const given = freeze({ type: 'telegram', messages: [{ ...long, quick_replies }], actions: null })
  const { content, problems } = repairContent(given, { channel: 'whatsapp', onWire: true })
  t.strictSame(content, { type: 'telegram', messages: [long] })
  t.strictSame(list({ content, problems }), [
    'repaired unknown-key /messages/0/quick_replies',
    'repaired empty-member /actions',
    'warning content-type /type',
    'error text-limit /messages/0/text',
  ])
})

t.test('too many repairs hide no error', async t => {
  const messages = Array.from({ length: 10 }, (_, i) => ({ ...text('a'), a: i, b: i, c: i, d: i, e: i, f: i }))
  const { problems } = repairContent({ messages, actions: [{ action: 'add_tag' }] })
  t.equal(problems.length, 50)
  t.match(problems[0], { rule: 'required', severity: 'error' })
  const warnings = Array.from({ length: 10 }, () =>
    image('http://example.com/a.webp', Array(3).fill(urlButton('Go', 'http://a.example'))),
  )
  const video = { type: 'video', url: 'http://example.com' }
  const found = list(repairContent({ messages: [...warnings.slice(1), video] }, { channel: 'instagram' }))
  t.equal(found.length, 50)
  t.equal(found[0], 'error channel-message /messages/9/type')
})

const cases = [...readCases('valid'), ...readCases('invalid')]
const words = (value: unknown) =>
  JSON.stringify(value)
    .match(/"text":"(?:[^"\\]|\\.)*"/g)
    ?.join(' ')
    .replace(/"text":|\\[nt]|["\s]/g, '')

t.test('whatever is given: it stays as it is, and repairing twice changes nothing', async t => {
  let repairs = 0
  fc.assert(
    fc.property(mutated(replies), fc.constantFrom(...channels), (bytes, channel) => {
      let given: unknown
      try {
        given = freeze(JSON.parse(bytes.toString()))
      } catch {
        return
      }
      const { content, problems } = repairContent(given, { channel })
      if (problems.some(({ severity }) => severity === 'error')) return
      if (problems.some(({ severity }) => severity === 'repaired')) repairs++
      const again = repairContent(freeze(content), { channel })
      if (again.content !== content) throw new Error('it is repaired twice')
      if (again.problems.some(({ severity }) => severity === 'repaired')) throw new Error('a repair is told twice')
    }),
    { numRuns: 2000 },
  )
  t.ok(repairs > 50)
})

t.test('no repair of a fixture loses a word', async t => {
  for (const { channel, name, content, repaired } of cases) {
    if (repaired !== undefined) t.equal(words(repaired), words(content), `${channel} ${name}`)
  }
})
