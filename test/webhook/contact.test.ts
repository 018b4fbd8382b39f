import t from 'tap'
import { readBody } from '../../src/webhook/body.ts'
import { readId } from '../../src/webhook/candidates.ts'
import { openedBy } from '../../src/webhook/contact.ts'
import { build } from '../helper.ts'

const read = (text: string) => openedBy(readBody(text), { id: 'call', block: 'block' }).record

t.test('the contact is the body itself, every field kept', async t => {
  const { contact, extras } = read(
    '{"id":"7","key":"user:7","first_name":"Ana","custom_fields":{"size":"S"},"brand_new":[1],"order":7}',
  )
  const fields = { first_name: 'Ana', custom_fields: { size: 'S' }, brand_new: [1], order: 7 }
  t.same(contact, { id: '7', key: 'user:7', ...fields })
  t.same(extras, {})
})

t.test('what stands beside an id by hand is an extra too', async t => {
  const { contact, extras } = read('{"id":"7","first_name":"Ana","order":7}')
  t.same(contact, { id: '7', first_name: 'Ana', order: 7 })
  t.same(extras, { order: 7 })
})

t.test('or under any key, the rest being extras', async t => {
  for (const key of ['contact', 'full-data', 'Full Contact Data', '', 'constructor', '0']) {
    const { contact, extras } = read(`{"order":7,${JSON.stringify(key)}:{"id":7,"key":"user:7"},"channel":"wa"}`)
    t.same(contact, { id: '7', key: 'user:7' }, key)
    t.same(extras, { order: 7, channel: 'wa' })
  }
})

t.test('other things with an id are not the contact', async t => {
  const contact = '{"id":7,"key":"user:7","first_name":"Ana"}'
  for (const text of [
    `{"order":{"id":1},"contact":${contact}}`,
    `{"contact":${contact},"order":{"id":1,"name":"Shoes","status":"paid"}}`,
    `{"id":1,"contact":${contact}}`,
    `{"id":1,"key":"SKU-1","name":"Shoes","contact":${contact}}`,
    `{"items":[{"id":1}],"page":{"id":3},"contact":${contact}}`,
    '{"id":7,"order":{"id":1,"name":"Shoes","status":"paid"}}',
    '{"id":7,"key":"user:7","last_growth_tool":{"id":1,"name":"Comments","status":"active"}}',
    '{"id":7,"last_growth_tool":{"id":1,"name":"Comments"}}',
  ]) {
    t.equal(read(text).contact.id, '7', text)
  }
})

t.test('ids are exact, bare or quoted', async t => {
  for (let length = 1; length <= 19; length++) {
    const id = '9007199254740993123'.slice(0, length)
    for (const written of [id, `"${id}"`]) {
      const { contact, page } = read(`{"id":${written},"page_id":${written},"ig_id":${written}}`)
      t.same([contact.id, contact.page_id, contact.ig_id, page], [id, id, id, id], written)
    }
  }
})

t.test('every other long number is exact as well', async t => {
  const { contact, extras } = read(`{"contact":{"id":7,"custom_fields":{"card":4242424242424242},
    "user_refs":[-1543835812530302162,"-1543835812530302162",12,{"user_ref":-1543835812530302162,"opted_in":true},{"user_ref":-12}]},
    "order":{"number":12345678901234567890,"list":[9007199254740993]}}`)
  t.same(contact.custom_fields, { card: '4242424242424242' })
  t.same(contact.user_refs, [
    '-1543835812530302162',
    '-1543835812530302162',
    '12',
    { user_ref: '-1543835812530302162', opted_in: true },
    { user_ref: '-12' },
  ])
  t.same(extras, { order: { number: '12345678901234567890', list: ['9007199254740993'] } })
})

t.test('what is no id is null', async t => {
  for (const value of [
    -1,
    1.5,
    2 ** 53,
    Number.NaN,
    '',
    ' 7',
    '7a',
    '-7',
    '٧',
    '1'.repeat(33),
    null,
    undefined,
    {},
    [7],
  ]) {
    t.equal(readId(value), null, `${value}`)
  }
})

t.test('a body without a contact is 400 and shows its keys, never its values', async t => {
  const { open, log } = build(t)
  for (const [body, detail] of [
    ['{"email":"ana@example.com","order":{"note":"canary"}}', /got an object with "email", "order"\)/],
    ['{"id":"{{user_id}}","first_name":"canary"}', /with "id", "first_name", whose "id" was empty or not rendered/],
    ['{"id":"","first_name":"canary"}', /whose "id" was empty or not rendered/],
    ['{"id":"canary"}', /got an object with "id"\)/],
    ['{"contact":{"id":-5,"name":"canary"}}', /got an object with "contact"\)/],
    ['{"contact":"canary","data":{"contact":{"id":7}}}', /got an object with "contact", "data"\)/],
    ['{"tag":{"id":7,"name":"canary"}}', /got an object with "tag"\)/],
    ['[{"id":7,"name":"canary"}]', /a body that is no object/],
    ['"canary"', /a body that is no object/],
    ['null', /an empty body/],
    ['{}', /an object without keys/],
  ] as const) {
    const { status, json, text } = await open('hello', body)
    t.equal(status, 400, body)
    t.match(json, { code: 'DYN_CONTACT_MISSING', detail })
    t.match(json.detail, /Full Contact Data/)
    t.notMatch(text + log.join(''), /canary/)
  }
})

t.test('many and long keys are cut', async t => {
  const keys = Array.from({ length: 25 }, (_, i) => [`${i}${'k'.repeat(100)}`, 1])
  const error = t.throws(() => openedBy(Object.fromEntries(keys), { id: 'call', block: 'block' })) as Error
  t.match(error.message, /, …\)\. Insert/)
  t.ok(error.message.length < 1200)
})

t.test('the channel is what the body says, in every spelling', async t => {
  for (const [name, channel] of [
    ['messenger', 'messenger'],
    ['Facebook', 'messenger'],
    ['fb', 'messenger'],
    ['instagram', 'instagram'],
    ['IG', 'instagram'],
    [' WhatsApp ', 'whatsapp'],
    ['wa', 'whatsapp'],
    ['Telegram', 'telegram'],
    ['tg', 'telegram'],
  ] as const) {
    for (const sign of ['"whatsapp_phone":"+34600"', '"ig_id":5', '"first_name":"Ana"']) {
      t.equal(read(`{"contact":{"id":7,${sign}},"channel":"${name}"}`).channel, channel, `${name} over ${sign}`)
    }
    t.equal(read(`{"id":7,"channel":"${name}"}`).channel, channel, 'beside the fields of the contact')
  }
})

t.test('else what the contact shows, the strongest sign first', async t => {
  const signs = [
    ['"whatsapp_phone":"+34600"', 'whatsapp'],
    ['"ig_id":17841400000000001', 'instagram'],
    ['"ig_username":"ana"', 'instagram'],
    ['"ig_last_interaction":"2026-01-01T00:00:00+00:00"', 'instagram'],
    ['"live_chat_url":"https://app.manychat.com/ig123/chat/7"', 'instagram'],
    ['"live_chat_url":"https://app.manychat.com/wa/chat/7"', 'whatsapp'],
    ['"live_chat_url":"https://app.manychat.com/fb123/chat/tg"', 'telegram'],
    ['"live_chat_url":"https://app.manychat.com/tg?contact=7"', 'telegram'],
    ['"live_chat_url":"https://app.manychat.com/fb123/chat/7"', 'messenger'],
    ['"live_chat_url":"https://app.manychat.com/igloo/water"', 'messenger'],
    ['"tt_username":"ana"', 'tiktok'],
    ['"first_name":"Ana"', 'messenger'],
  ] as const
  for (const [sign, channel] of signs) t.equal(read(`{"id":7,${sign}}`).channel, channel, sign)
  t.equal(read(`{"id":7,"ig_username":"ana","whatsapp_phone":"+34600"}`).channel, 'whatsapp')
  t.equal(read(`{"id":7,"live_chat_url":"https://app.manychat.com/tg1/chat/7","ig_id":5}`).channel, 'instagram')
  t.equal(read('{"id":7,"whatsapp_phone":"","ig_id":null,"ig_username":"{{ig_username}}"}').channel, 'messenger')
})

t.test('a channel that nobody knows is left to the contact', async t => {
  for (const name of ['"sms"', '"constructor"', '""', '"{{channel}}"', '5', '["wa"]']) {
    t.equal(read(`{"contact":{"id":7,"ig_id":5},"channel":${name}}`).channel, 'instagram', name)
  }
})

t.test('the input is what the body says, else what the contact last said', async t => {
  const contact = '{"id":7,"last_input_text":"before"}'
  t.equal(read(contact).input, 'before')
  t.equal(read(`{"contact":${contact}}`).input, 'before')
  t.equal(read(`{"contact":${contact},"input":"now"}`).input, 'now')
  t.equal(read(`{"contact":${contact},"input":5}`).input, '5')
  t.equal(read(`{"contact":${contact},"input":9007199254740993123}`).input, '9007199254740993123')
  t.equal(read(`{"contact":${contact},"input":""}`).input, null)
  t.equal(read('{"id":7,"last_input_text":"{{last_input_text}}"}').input, null)
  t.equal(read('{"id":7}').input, null)
  t.equal(read('{"id":7}').page, null)
})
