import t from 'tap'
import { createContact } from '../../../src/dev/conversation/contact.ts'
import { createConversation } from '../../../src/dev/conversation/conversation.ts'
import { button, callback, says, talk, url, v2 } from './talk.ts'

const whatNext = v2({ messages: [{ type: 'text', text: 'What next?', buttons: [button('Go', 'go')] }] })
const flow = 'content20180221085508_278589'

t.test('the block is opened with the contact, ids as bare digits, and no secret is kept', async t => {
  const { conversation, heard, body } = talk('messenger', [says('Hi')])
  await conversation.open()
  t.match(heard[0], { method: 'POST', url, headers: { authorization: 'Bearer a secret' } })
  t.match(heard[0]?.body, '"id":9007199254740993123,')
  t.match(heard[0]?.body, '"page_id":1234567890123456789,')
  t.match(body(), { channel: 'messenger', contact: { key: 'user:9007199254740993123', first_name: 'Ana' } })
  t.notMatch(JSON.stringify(conversation.save()), 'a secret')
})

t.test('the Body tab may hold other things beside the contact, or the contact alone', async t => {
  const { conversation, body } = talk('messenger', [], { open: { url, headers: {}, extras: { order: 7 } } })
  await conversation.open()
  t.match(body(), { contact: {}, order: 7 })
  const alone = talk('messenger', [], { open: { url, headers: {}, body: '{{full_contact_data}}' } })
  await alone.conversation.open()
  t.match(alone.body(), { first_name: 'Ana' })
})

t.test('a message goes to the one listener, with what was said, and uses it up', async t => {
  const answers = [says('Name?', { external_message_callback: callback('named') }), says('Thanks')]
  const { conversation, heard, body, texts, last } = talk('whatsapp', answers)
  await conversation.open()
  t.equal(conversation.screen().listener?.until, Date.UTC(2026, 0, 2), 'one day, when no time is given')
  t.equal(await conversation.say('Ana "A" {{user_id}}'), true)
  t.equal(heard.at(-1)?.url, `${url}/named`)
  t.same(body(), { step: 'named', user_id: '9007199254740993123', input: 'Ana "A" {{user_id}}' })
  t.same(texts(), ['Name?', 'Ana "A" {{user_id}}', 'Thanks'])
  t.equal(conversation.screen().listener, null)
  t.equal(await conversation.say('More'), false)
  t.match(last('unheard'), { why: 'no-listener' })
  t.equal(heard.length, 2)
})

t.test('a listener waits for its time, and a new one takes its place', async t => {
  const wait = (step: string) => says(step, { external_message_callback: callback(step, { timeout: 60 }) })
  const { conversation, clock, heard, last } = talk('messenger', [wait('one'), wait('two')])
  await conversation.open()
  await conversation.open()
  t.match(last('listening'), { replaced: true, until: clock.ms + 60_000 })
  clock.ms += 59_999
  await conversation.say('In time')
  t.equal(heard.at(-1)?.url, `${url}/two`)
  await conversation.open()
  conversation.deliver({ messages: [], external_message_callback: callback('three', { timeout: 60 }) })
  clock.ms += 60_000
  t.equal(conversation.screen().listener, null)
  t.equal(await conversation.say('Too late'), false)
  t.match(last('unheard'), { why: 'expired' })
})

t.test('every button that was shown can be tapped, of several the latest', async t => {
  const again = v2({ messages: [{ type: 'text', text: 'And now?', buttons: [button('Go', 'again')] }] })
  const { conversation, heard, body } = talk('messenger', [whatNext, again])
  await conversation.open()
  await conversation.open()
  await conversation.tap('Go')
  t.equal(heard.at(-1)?.url, `${url}/again`)
  await conversation.tap(1)
  t.equal(heard.at(-1)?.url, `${url}/go`)
  t.match(body(), { user_id: '9007199254740993123', input: '' }, 'a button says nothing')
  await t.rejects(conversation.tap('Stop'), { code: 'DYN_CHAT_TAP', expected: 'one of "Go"', got: '"Stop"' })
  await t.rejects(conversation.tap(9), { code: 'DYN_CHAT_TAP', got: 'number 9' })
  const empty = talk('messenger', [])
  await t.rejects(empty.conversation.tap('Go'), { code: 'DYN_CHAT_TAP', expected: /nothing/, got: '"Go"' })
})

t.test('a caption that the channel cuts is found in both forms', async t => {
  const long = button('A caption of more than twenty', 'go')
  const { conversation, heard } = talk('messenger', [v2({ messages: [{ type: 'text', text: 'Hm', buttons: [long] }] })])
  await conversation.open()
  await conversation.tap('A caption of more th')
  await conversation.tap('A caption of more than twenty')
  t.equal(heard.length, 3)
})

t.test('quick replies are there until something else is shown', async t => {
  const offer = says('Size?', { quick_replies: [button('S', 'small'), button('L', 'large')] })
  const { conversation, heard, body, texts } = talk('instagram', [offer, says('S it is'), offer])
  await conversation.open()
  await conversation.tap('S')
  t.equal(heard.at(-1)?.url, `${url}/small`)
  t.equal(heard.length, 2, 'no listener, so one request')
  t.equal(body().input, 'S')
  t.same(texts(), ['Size?', 'S', 'S it is'], 'the tap posts its caption')
  await t.rejects(conversation.tap('L'), { code: 'DYN_CHAT_TAP' })
  await conversation.open()
  await conversation.say('Hello?')
  t.same(conversation.screen().quickReplies, [])
})

t.test('the tap of a quick reply also reaches the listener as a message', async t => {
  const quick_replies = [button('S', 'small')]
  const offer = says('Size?', { quick_replies, external_message_callback: callback('typed') })
  const { conversation, heard, kinds } = talk('messenger', [offer, says('one'), says('two')])
  await conversation.open()
  await conversation.tap('S')
  t.same(heard.map(request => request.url).sort(), [url, `${url}/small`, `${url}/typed`])
  t.ok(heard.every(({ body }) => !body.includes('{{')))
  t.equal(kinds().filter(kind => kind === 'shown').length, 3)
  t.equal(conversation.screen().listener, null)
})

t.test('ManyChat follows other buttons itself, and runs their actions', async t => {
  const actions = [{ action: 'add_tag', tag_name: 'looked' }]
  const buttons = [
    { type: 'url', caption: 'Open', url: 'https://shop.example.com', actions },
    { type: 'call', caption: 'Call', phone: '+15555550123' },
    {
      type: 'buy',
      caption: 'Buy',
      customer: { shipping_address: true, contact_name: true, contact_phone: false },
      product: { label: 'Mug', cost: 990 },
    },
  ]
  const quick_replies = [
    { type: 'flow', caption: 'Help', target: flow },
    { type: 'node', caption: 'Sizes', target: 'Table' },
  ]
  const { conversation, heard } = talk('messenger', [
    v2({ messages: [{ type: 'text', text: 'Shop', buttons }], quick_replies }),
  ])
  await conversation.open()
  for (const caption of ['Open', 'Call', 'Buy', 'Sizes']) await conversation.tap(caption)
  const followed = conversation.events.flatMap(event => (event.kind === 'followed' ? [[event.type, event.target]] : []))
  t.same(followed, [
    ['url', 'https://shop.example.com'],
    ['call', '+15555550123'],
    ['buy', 'Mug'],
    ['node', 'Table'],
  ])
  t.same(conversation.screen().tags, ['looked'])
  t.equal(heard.length, 1)
})

t.test('actions change tags and fields, and the contact has them from then on', async t => {
  const actions = [
    { action: 'add_tag', tag_name: 'a' },
    { action: 'add_tag', tag_name: 'b' },
    { action: 'remove_tag', tag_name: 'a' },
    { action: 'set_field_value', field_name: 'Size', value: 'S' },
    { action: 'unset_field_value', field_name: 'Old' },
  ]
  const { conversation, body } = talk('telegram', [says('Done', { actions })])
  await conversation.open()
  const { tags, fields } = conversation.screen()
  t.same([tags, fields], [['b'], { Size: 'S', Old: null }])
  conversation.addTag('c')
  conversation.removeTag('b')
  conversation.setField('Size', 'L')
  conversation.changeContact({ first_name: 'Bo' })
  await conversation.open()
  t.match(body(), { contact: { first_name: 'Bo', custom_fields: { Size: 'L', Old: null } } })
  t.same(conversation.screen().tags, ['c'])
})

t.test('an http address is never called, unless it is on this machine and that is allowed', async t => {
  const local = button('Go', 'go', { url: 'http://localhost:3000/go' })
  const offer = v2({ messages: [{ type: 'text', text: 'Hm', buttons: [local] }] })
  const { conversation, heard, last } = talk('messenger', [offer])
  await conversation.open()
  t.match(last('response'), { outcome: 'shown', problems: [{ rule: 'https-callback', severity: 'error' }] })
  await conversation.tap('Go')
  t.equal(heard.length, 1)
  t.match(last('response'), { outcome: 'not-called', why: /https/ })
  const allowed = talk('messenger', [offer], { allowLoopback: true })
  await allowed.conversation.open()
  await allowed.conversation.tap('Go')
  t.equal(allowed.heard.length, 2)
})

t.test('the headers of a callback are sent, with their variables', async t => {
  const offer = says('Name?', {
    external_message_callback: callback('named', { headers: { 'x-contact': '{{user_id}}' } }),
  })
  const { conversation, heard } = talk('messenger', [offer])
  await conversation.open()
  await conversation.say('Ana')
  t.equal(heard.at(-1)?.headers['x-contact'], '9007199254740993123')
  const bare = talk('messenger', [says('Name?', { external_message_callback: { url, method: 'post' } })])
  await bare.conversation.open()
  await bare.conversation.say('Ana')
  t.same(bare.body(), {})
})

t.test('a saved conversation goes on elsewhere', async t => {
  const answers = [
    says('Name?', { external_message_callback: callback('named'), quick_replies: [button('Skip', 'skip')] }),
  ]
  const first = talk('messenger', answers)
  await first.conversation.open()
  const saved = JSON.parse(JSON.stringify(first.conversation.save()))
  const seen: string[] = []
  const { conversation, heard } = talk('messenger', [says('Thanks')], { saved, onEvent: ({ kind }) => seen.push(kind) })
  t.same(
    conversation.screen().quickReplies.map(({ caption }) => caption),
    ['Skip'],
  )
  await conversation.say('Ana')
  t.equal(heard[0]?.url, `${url}/named`)
  t.same(seen, ['said', 'request', 'response', 'shown'])
  t.same(
    conversation.events.map(({ id }) => id),
    conversation.events.map((_, index) => index + 1),
  )
  const alone = createConversation({ saved, open: { url, headers: {} }, request: async () => says('Hi'), now: () => 0 })
  t.equal(alone.screen().contact.first_name, 'Ana')
  t.equal(first.conversation.screen().bubbles.length, 1, 'what was saved is a copy')
  const fresh = createConversation({
    contact: createContact('messenger'),
    open: { url, headers: {} },
    request: async () => says('Hi'),
    now: () => 0,
  })
  t.equal(fresh.screen().channel, 'messenger')
})

t.test('what is late or wrong shows nothing, and says why', async t => {
  const { conversation, texts, last } = talk('messenger', [says('In time'), { failed: 'timeout', ms: 10_000 }])
  await conversation.open()
  await conversation.open()
  t.same(texts(), ['In time'])
  t.match(last('response'), { outcome: 'late', why: /got none after 10000/ })
})
