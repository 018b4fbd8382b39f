import { readdirSync } from 'node:fs'
import t, { type Test } from 'tap'
import size from '../examples/blocks/size.ts'
import { type Block, cards, defineBlock, flowReply, image, Type, text } from '../src/index.ts'
import { type ChatOptions, createClock, openChat } from '../src/testing.ts'
import { folderOf } from './helper.ts'

async function open(t: Test, block: Block | string | URL, options?: ChatOptions) {
  const chat = await openChat(block, options)
  t.teardown(chat.close)
  return chat
}

const blank = (text: string) => ({ type: 'text', text, buttons: [], late: false }) as const

t.test('a test taps, says, and sees what the contact sees', async t => {
  const chat = await open(t, size, { channel: 'telegram' })
  t.same(chat.texts, ['Hi Ana! Which size?'])
  t.same(chat.buttons, ['Small', 'Large'])
  await chat.tap('Small')
  t.equal(chat.last?.text, 'S it is. And your name?')
  t.ok(chat.isListening)
  t.same(chat.buttons, [], 'those of the answer')
  await chat.say('Ana')
  t.same(chat.answer, [blank('Thanks Ana, your S is on its way.')])
  t.same(chat.tags, ['ordered'])
  t.notOk(chat.isListening)
  t.same(
    chat.messages.map(message => message.text),
    ['Hi Ana! Which size?', 'S it is. And your name?', chat.last?.text],
  )
  await chat.open()
  t.equal(chat.messages.length, 4)
})

t.test('the block sees the contact, the channel, extras and the exact id', async t => {
  const seen: unknown[] = []
  const block = defineBlock({
    open: ({ contact, page, channel, extras, input }) => {
      seen.push(contact.id, contact.first_name, page, channel, extras.order, input)
    },
  })
  const chat = await open(t, block, {
    channel: 'instagram',
    contact: { first_name: 'Bo', last_input_text: 'PRICE' },
    extras: { order: 7 },
  })
  t.same(seen, ['9007199254740993123', 'Bo', '1234567890123456789', 'instagram', 7, 'PRICE'])
  t.equal(chat.last, undefined)
  t.equal(chat.contact.first_name, 'Bo')
})

t.test('messages of every kind are told as they are seen', async t => {
  const block = defineBlock({
    open: () => ({
      messages: [image('https://a.test/b.png'), cards([{ title: 'Mug', buttons: [] }])],
      quick_replies: [flowReply('More', 'content1')],
    }),
  })
  const chat = await open(t, block)
  t.same(chat.messages, [
    { type: 'image', text: '', url: 'https://a.test/b.png', buttons: [], late: false },
    { type: 'cards', text: '', cards: [{ title: 'Mug', buttons: [] }], buttons: [], late: false },
  ])
  t.same(chat.quickReplies, ['More'])
  t.same(chat.texts, [])
  await chat.tap('More')
  t.match(chat.events.at(-1), { kind: 'followed', type: 'flow', target: 'content1' })
})

t.test('what can not be tapped is refused, and what can is named', async t => {
  const chat = await open(t, size)
  await t.rejects(chat.tap('Medium'), { code: 'DYN_CHAT_TAP', expected: 'one of "Small", "Large"', got: '"Medium"' })
})

t.test('a message that nobody waits for is refused', async t => {
  const chat = await open(t, size)
  await t.rejects(chat.say('Hello?'), { code: 'DYN_CHAT_UNHEARD', got: 'none' })
  await chat.tap('Large')
  await chat.wait(601)
  t.notOk(chat.isListening)
  await t.rejects(chat.say('Ana'), { code: 'DYN_CHAT_UNHEARD', message: /whose time was over/ })
})

t.test('time is the chat’s own', async t => {
  const clock = createClock(Date.UTC(2026, 0, 1))
  const block = defineBlock({
    expired: 'Too old',
    expiresAfterSeconds: 60,
    open: ({ tap }) => text('Hi', [tap('Go', 'go')]),
    steps: { go: () => 'Gone' },
  })
  const chat = await open(t, block, { clock })
  await chat.wait(59)
  await chat.tap('Go')
  t.equal(chat.last?.text, 'Gone')
  await chat.wait(1)
  t.equal(clock.now(), Date.UTC(2026, 0, 1, 0, 1))
  await chat.tap('Go')
  t.equal(chat.last?.text, 'Too old')
})

t.test('a block that fails fails the test, with what it threw', async t => {
  const thrown = new Error('no stock')
  const fails = defineBlock({ open: () => Promise.reject(thrown) })
  await t.rejects(openChat(fails), {
    code: 'DYN_CHAT_FAILED',
    cause: thrown,
    message: /DYN_BLOCK_THREW: .*\(Error: no stock\)/,
  })
  const later = defineBlock({
    fallback: 'Sorry',
    states: { go: Type.Object({ n: Type.Number() }) },
    open: ({ tap }) => text('Hi', [tap('Go', 'go', { n: 1 }), tap('Too long', 'long')]),
    steps: {
      go: () => {
        throw thrown
      },
      long: () => Array(11).fill(text('x')),
    },
  })
  const chat = await open(t, later)
  await t.rejects(chat.tap('Go'), { code: 'DYN_CHAT_FAILED', cause: thrown })
  t.equal(chat.last?.text, 'Sorry')
  await t.rejects(chat.tap('Too long'), { message: /DYN_CONTENT_INVALID.*max-messages/s })
  t.match(chat.problems, [{ rule: 'DYN_BLOCK_THREW' }, { rule: 'DYN_CONTENT_INVALID' }])
})

t.test('a test may want to see what the contact sees of a failure', async t => {
  const block = defineBlock({
    open: () => {
      throw new Error('no stock')
    },
  })
  const chat = await open(t, block, { strict: false })
  t.match(chat.texts, [/^Sorry/])
  t.match(chat.problems, [{ rule: 'DYN_BLOCK_THREW', severity: 'error', path: '' }])
  await chat.say('Hello?')
  await chat.tap('Nothing')
  t.match(chat.problems, [{}, { rule: 'DYN_CHAT_UNHEARD' }, { rule: 'DYN_CHAT_TAP', message: /"Nothing"/ }])
})

t.test('warnings are problems that fail nothing', async t => {
  const chat = await open(t, size, { channel: 'whatsapp' })
  t.match(chat.problems, [{ rule: 'undocumented-button', severity: 'warning', path: '/messages/0/buttons/0/type' }, {}])
})

t.test('a block may call ManyChat, which knows the contact', async t => {
  const block = defineBlock({
    open: ({ tap }) => text('Hi', [tap('Go', 'go')]),
    steps: {
      go: async ({ manychat, contact, fullContact }) => {
        await manychat.subscriber.setCustomFieldByName({
          subscriber_id: contact.id,
          field_name: 'Size',
          field_value: 'S',
        })
        await manychat.subscriber.addTagByName({ subscriber_id: contact.id, tag_name: 'called' })
        const { last_name, custom_fields } = await fullContact()
        return `${last_name} ${custom_fields?.Size}`
      },
    },
  })
  const chat = await open(t, block)
  await chat.tap('Go')
  t.equal(chat.last?.text, 'Ferreira S')
  t.same([chat.tags, chat.fields], [['called'], { Size: 'S' }])
})

t.test('a callback to another server is not called', async t => {
  const block = defineBlock({
    open: () =>
      text('Hi', [{ type: 'dynamic_block_callback', caption: 'Go', url: 'https://elsewhere.test/', method: 'post' }]),
  })
  const chat = await open(t, block)
  await t.rejects(chat.tap('Go'), { code: 'DYN_CHAT_FAILED', message: /no-answer/ })
})

t.test('a block is found by path, by URL, and by name', async t => {
  const source = `import { defineBlock } from 'dynablock'\nexport default defineBlock({ open: () => 'Hi' })\n`
  const folder = folderOf(t, { 'greet.ts': source, 'other.ts': source })
  for (const [block, options] of [
    [`${folder}/greet.ts`],
    [new URL(`file://${folder}/greet.ts`)],
    ['greet', { folder }],
  ] as const) {
    const chat = await open(t, block, options)
    t.equal(chat.last?.text, 'Hi')
  }
  const chat = await open(t, 'faq')
  t.match(chat.last?.text, /know/, 'an example, where there are no blocks')
  await t.rejects(openChat('great', { folder }), {
    code: 'DYN_CHAT_OPTIONS',
    message: /got "great"\. Did you mean "greet"\?/,
  })
  await t.rejects(openChat('./nowhere/greet.ts'), { code: 'DYN_BLOCKS_REFUSED' })
  await t.rejects(openChat({} as Block), { code: 'DYN_CHAT_OPTIONS', message: /Give the default export/ })
  await t.rejects(openChat(size, { channel: 'sms' as 'telegram' }), { code: 'DYN_CHAT_OPTIONS', message: /got "sms"/ })
})

t.test('a chat leaves nothing behind', async t => {
  // Other tests may have chats open at the same time.
  const list = () => readdirSync('/dev/shm').filter(name => name.startsWith('dynablock-chat-'))
  const before = list()
  const chat = await openChat(defineBlock({ open: () => 'Hi' }), { replyWithinMs: 20 })
  t.equal(chat.last?.text, 'Hi')
  const meanwhile = list()
  // What `await using` calls, a syntax that Node 22 doesn't know.
  await chat[Symbol.asyncDispose]()
  const after = list()
  t.ok(meanwhile.some(name => !before.includes(name) && !after.includes(name)))
})

t.test('each event can be listened to', async t => {
  const kinds: string[] = []
  await open(t, size, { onEvent: ({ kind }) => kinds.push(kind) })
  t.same(kinds, ['request', 'response', 'shown'])
})

t.test('a chat may be closed twice', async t => {
  const chat = await openChat('size', { folder: 'examples/blocks' })
  await chat.close()
  await t.resolves(chat.close())
})
