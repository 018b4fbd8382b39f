import t from 'tap'
import type { Channel } from '../../../src/content/channels.ts'
import { button, talk, v2 } from './talk.ts'

const day = 86_400_000
const hello = { messages: [{ type: 'text', text: 'Later' }] }
const typed = (channel: Channel) => (channel === 'messenger' ? hello : { type: channel, ...hello })

for (const channel of ['messenger', 'whatsapp'] as const) {
  t.test(`on ${channel} free content is refused 24 hours after the contact did something`, async t => {
    const { conversation, clock, texts, last } = talk(channel, [])
    t.match(conversation.deliver(typed(channel)), { accepted: false, code: 3011 }, 'who never wrote')
    await conversation.open()
    t.equal(conversation.screen().windowUntil, clock.ms + day)
    clock.ms += day - 1
    t.match(conversation.deliver(typed(channel)), { accepted: true })
    clock.ms += 1
    t.match(conversation.deliver(typed(channel)), { accepted: false, code: 3011 })
    t.match(last('delivery'), { accepted: false, code: 3011, via: 'sendContent', why: /24 hours/ })
    t.same(texts(), ['Later'])
    await conversation.say('I am here')
    t.match(conversation.deliver(typed(channel)), { accepted: true })
  })
}

for (const channel of ['instagram', 'telegram'] as const) {
  t.test(`on ${channel} it is not`, async t => {
    const { conversation } = talk(channel, [])
    t.equal(conversation.screen().windowUntil, null)
    t.match(conversation.deliver(typed(channel)), { accepted: true })
  })
}

t.test('without its type, content for Instagram and WhatsApp is refused as too late', async t => {
  for (const channel of ['instagram', 'whatsapp'] as const) {
    const { conversation } = talk(channel, [])
    await conversation.open()
    t.match(conversation.deliver(hello), { accepted: false, code: 3011, problems: [{ rule: 'content-type-missing' }] })
  }
})

t.test('content that is not valid is refused without a code', async t => {
  const { conversation, texts } = talk('messenger', [])
  await conversation.open()
  const node = { type: 'node', caption: 'Sizes', target: 'Table' }
  for (const content of [null, 'text', {}, { messages: [{ type: 'text', text: 'Hm', buttons: [node] }] }]) {
    t.match(conversation.deliver(content), { accepted: false, code: null, message: 'Validation error' })
  }
  t.same(texts(), [])
})

t.test('what is delivered is shown, acts, and listens', async t => {
  const { conversation, texts, last, heard } = talk('messenger', [])
  await conversation.open()
  const actions = [{ action: 'add_tag', tag_name: 'late' }]
  conversation.deliver({ messages: [{ type: 'text', text: 'Later', buttons: [button('Go', 'go')] }], actions })
  t.match(conversation.screen().bubbles, [{ from: 'block', late: true }])
  t.same(texts(), ['Later'])
  t.match(last('shown'), { by: 'api' })
  t.match(last('tag'), { name: 'late', by: 'api' })
  await conversation.tap('Go')
  t.equal(heard.length, 2)
})

t.test('by a user ref, actions are not processed', async t => {
  const { conversation } = talk('messenger', [])
  await conversation.open()
  const actions = [{ action: 'add_tag', tag_name: 'late' }]
  conversation.deliver({ ...hello, actions }, { via: 'sendContentByUserRef' })
  t.same(conversation.screen().tags, [])
})

t.test('a flow starts at any time, and quick replies go when something arrives', async t => {
  const offer = v2({ messages: [], quick_replies: [button('S', 's')] })
  const { conversation, last, clock } = talk('messenger', [offer])
  await conversation.open()
  t.equal(conversation.screen().quickReplies.length, 1)
  conversation.deliver(hello)
  t.same(conversation.screen().quickReplies, [])
  clock.ms += 2 * day
  conversation.startFlow('content1')
  t.match(last('followed'), { type: 'flow', target: 'content1', by: 'api' })
})
