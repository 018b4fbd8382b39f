import t from 'tap'
import { fakeKey } from '../../../src/dev/fake-api/key.ts'
import { ana, message, page, refusal, simulate } from './simulated.ts'

const unknown = { code: 'DYN_CALL_REFUSED', platformCode: null, message: /Subscriber does not exist/ }

t.test('content arrives on the phone, or is refused as ManyChat refuses it', async t => {
  const { client, phone, clock } = simulate({ channel: 'instagram' })
  const send = (data: ReturnType<typeof message>) => client.sending.sendContent({ subscriber_id: ana, data })
  await phone.open()
  await send(message('Your order is on its way', 'instagram'))
  t.match(phone.screen().bubbles, [{ from: 'block', late: true, message: { text: 'Your order is on its way' } }])
  await t.rejects(send(message('Without its type')), refusal(3011))
  await t.rejects(
    send({ version: 'v2', content: { type: 'instagram', messages: [{ type: 'video', url: 'x' }] } } as never),
  )
  await t.rejects(client.sending.sendContent({ subscriber_id: '7', data: message('Hi') }), unknown)
  clock.ms += 90_000_000
  await send(message('Instagram has no window here', 'instagram'))
})

t.test('24 hours after the last message Messenger is closed', async t => {
  const { client, phone, clock } = simulate()
  await phone.open()
  clock.ms += 86_400_000
  const late = client.sending.sendContent({ subscriber_id: ana, data: message('Too late') })
  await t.rejects(late, refusal(3011))
})

t.test('a text of 2001 characters is refused, and split by our client', async t => {
  const { api, client, phone } = simulate()
  await phone.open()
  const data = message(`${'x'.repeat(2000)} y`)
  const answer = await api.fetch('https://api.manychat.com/fb/sending/sendContent', {
    method: 'POST',
    headers: { authorization: `Bearer ${fakeKey(page)}`, 'content-type': 'application/json' },
    body: `{"subscriber_id":${ana},"data":${JSON.stringify(data)}}`,
  })
  t.equal(answer.status, 400)
  t.match(await answer.text(), 'Wrong dynamic message format: Provided text is longer than 2000 symbols')
  t.strictSame(phone.screen().bubbles, [])
  await client.sending.sendContent({ subscriber_id: ana, data })
  t.match(phone.screen().bubbles, [{ message: { text: 'x'.repeat(2000) } }, { message: { text: 'y' } }])
})

t.test('content that is not valid is refused with what is wrong with it', async t => {
  const { api, phone } = simulate()
  await phone.open()
  const content = { messages: [{ type: 'text', text: '' }] }
  const { status, body } = await api.answer({
    method: 'POST',
    path: '/fb/sending/sendContent',
    authorization: `Bearer ${page}:simulator`,
    body: `{"subscriber_id":${ana},"data":${JSON.stringify({ version: 'v2', content })}}`,
  })
  t.equal(status, 400)
  t.match(JSON.parse(body), {
    message: 'Validation error',
    details: { messages: [{ message: /\/messages\/0\/text|text/ }] },
  })
})

t.test('message tags and topics without a subscription are refused', async t => {
  const { client, phone } = simulate()
  await phone.open()
  const data = message('Hi')
  const tagged = client.sending.sendContent({ subscriber_id: ana, data, message_tag: 'ACCOUNT_UPDATE' })
  await t.rejects(tagged, {
    httpStatus: 400,
    platformCode: null,
    message: /Validation error; Message tags are no longer supported for Facebook Messenger/,
  })
  const topic = client.sending.sendContent({ subscriber_id: ana, data, otn_topic_name: 'Price drop' })
  await t.rejects(topic, refusal(3021))
})

t.test('a user_ref is a contact too, and its actions are not processed', async t => {
  const { client, phone } = simulate()
  await phone.open()
  const user_ref = '-1543835812530302162'
  const data = message('Hi')
  const content = { ...data.content, actions: [{ action: 'add_tag' as const, tag_name: 'vip' }] }
  await client.sending.sendContentByUserRef({ user_ref, data: { ...data, content } })
  t.equal(phone.screen().bubbles.length, 1)
  t.same(phone.screen().tags, [])
  t.match(await client.subscriber.getInfoByUserRef({ user_ref }), { id: ana })
  await t.rejects(client.subscriber.getInfoByUserRef({ user_ref: 7 }), refusal(2011))
  phone.changeContact({ user_refs: [{ user_ref: '8' }] })
  t.match(await client.subscriber.getInfoByUserRef({ user_ref: 8 }), { id: ana })
})

t.test('a flow is followed', async t => {
  const { client, phone } = simulate()
  await client.sending.sendFlow({ subscriber_id: ana, flow_ns: 'content1' })
  t.match(phone.events, [{ kind: 'followed', type: 'flow', target: 'content1', by: 'api' }])
})

t.test('tags are put on by id and name, and go with the page’s', async t => {
  const { client, phone } = simulate()
  const { tag } = await client.page.createTag({ name: 'vip' })
  await t.rejects(client.page.createTag({ name: 'vip' }), { message: /Tag with this name already exists/ })
  await client.subscriber.addTag({ subscriber_id: ana, tag_id: tag.id })
  await client.subscriber.addTagByName({ subscriber_id: ana, tag_name: 'new' })
  t.same(phone.screen().tags, ['vip', 'new'])
  t.match(await client.page.getTags(), [{ id: tag.id, name: 'vip' }, { name: 'new' }])
  t.match(await client.subscriber.getInfo({ subscriber_id: ana }), { tags: [{ name: 'vip' }, { name: 'new' }] })
  await client.subscriber.removeTagByName({ subscriber_id: ana, tag_name: 'new' })
  await client.subscriber.removeTag({ subscriber_id: ana, tag_id: tag.id })
  t.same(phone.screen().tags, [])
  await client.subscriber.addTagByName({ subscriber_id: ana, tag_name: 'vip' })
  await client.page.removeTag({ tag_id: tag.id })
  t.same(phone.screen().tags, [], 'for good')
  await client.page.removeTagByName({ tag_name: 'new' })
  t.same(await client.page.getTags(), [])
  await t.rejects(client.page.removeTag({ tag_id: 99 }), { message: /Tag does not exist/ })
})

t.test('fields are set by id and name, one and several, as their types have it', async t => {
  const { client, phone } = simulate()
  const { field } = await client.page.createCustomField({ caption: 'Size', type: 'text', description: 'of shirts' })
  const { field: day } = await client.page.createCustomField({ caption: 'Day', type: 'date' })
  await client.subscriber.setCustomField({ subscriber_id: ana, field_id: field.id, field_value: 'S' })
  await client.subscriber.setCustomFieldByName({ subscriber_id: ana, field_name: 'Party', field_value: 4 })
  await client.subscriber.setCustomFields({
    subscriber_id: ana,
    fields: [
      { field_name: 'Vegan', field_value: true },
      { field_id: day.id, field_value: '2027-03-25' },
    ],
  })
  t.match(phone.screen().fields, { Size: 'S', Party: 4, Vegan: true, Day: '2027-03-25' })
  const wrong = client.subscriber.setCustomField({ subscriber_id: ana, field_id: day.id, field_value: 'soon' })
  await t.rejects(wrong, { message: /type date/ })
  const missing = client.subscriber.setCustomField({ subscriber_id: ana, field_id: 99, field_value: '' })
  await t.rejects(missing, { message: /Field does not exist/ })
  t.match(await client.page.getCustomFields(), [
    { name: 'Size', type: 'text', description: 'of shirts' },
    { name: 'Day', type: 'date' },
    { name: 'Party', type: 'number' },
    { name: 'Vegan', type: 'boolean' },
  ])
  t.match((await client.subscriber.getInfo({ subscriber_id: ana })).custom_fields, [
    { value: 'S' },
    { value: '2027-03-25' },
    { value: 4 },
    { value: true },
  ])
  t.match(await client.subscriber.findByCustomField({ field_id: field.id, field_value: 'S' }), [{ id: ana }])
  t.same(await client.subscriber.findByCustomField({ field_id: field.id, field_value: 'L' }), [])
})

t.test('bot fields are made and set', async t => {
  const { client } = simulate()
  const { field } = await client.page.createBotField({ name: 'open', type: 'boolean', value: true })
  await client.page.createBotField({ name: 'note', type: 'text' })
  await client.page.setBotField({ field_id: field.id, field_value: false })
  await client.page.setBotFieldByName({ field_name: 'note', field_value: 'a' })
  t.match(await client.page.getBotFields(), [
    { name: 'open', value: false },
    { name: 'note', value: 'a' },
  ])
  await client.page.setBotFields({ fields: [{ field_name: 'note', field_value: 'b' }] })
  t.match(await client.page.getBotFields(), [{}, { value: 'b' }])
  await t.rejects(client.page.setBotField({ field_id: 99, field_value: 1 }), { message: /Bot field does not exist/ })
  await t.rejects(client.page.createBotField({ name: 'Note', type: 'text' }), { message: /Bot field with this name/ })
  await client.page.setBotFieldByName({ field_name: 'NOTE', field_value: 'c' })
  t.match(await client.page.getBotFields(), [{}, { name: 'note', value: 'c' }])
  await t.rejects(client.page.setBotFieldByName({ field_name: 'other', field_value: 1 }), { message: /does not exist/ })
})

t.test('a field is the same in any letter case, whoever named it first', async t => {
  const { client, phone } = simulate()
  phone.setField('Size', 'S', 'content')
  await client.subscriber.setCustomFieldByName({ subscriber_id: ana, field_name: 'size', field_value: 'M' })
  await client.subscriber.setCustomFields({ subscriber_id: ana, fields: [{ field_name: 'SIZE', field_value: 'L' }] })
  t.same(phone.screen().fields, { Size: 'L' })
  t.match(await client.page.getCustomFields(), [{ name: 'Size' }])
  phone.setField('sIZE', 'XL', 'content')
  const { custom_fields } = await client.subscriber.getInfo({ subscriber_id: ana })
  t.match(custom_fields, [{ name: 'Size', value: 'XL' }])
  t.equal(custom_fields?.length, 1)
  const taken = client.page.createCustomField({ caption: 'SIZE', type: 'text' })
  await t.rejects(taken, { message: /Field with this name already exists/ })
  const { field } = await client.page.createCustomField({ caption: 'Vegan', type: 'boolean' })
  const found = client.subscriber.findByCustomField({ field_id: field.id, field_value: 'true' })
  await t.rejects(found, { message: /Only text and number/ })
})

t.test('the page tells of itself', async t => {
  const { client, api } = simulate()
  t.match(await client.page.getInfo(), { id: page, name: /simulator/ })
  t.match((await client.page.getFlows()).flows, [{ ns: 'content20180221085508_278589' }])
  t.same(await client.page.getGrowthTools(), [])
  t.same(await client.page.getOtnTopics(), [])
  const account = api.accountOf(page)
  account.createGrowthTool('Landing page')
  account.createGrowthTool('Under posts', 'feed_comment_trigger')
  account.createOtnTopic('News')
  const tools = [
    { name: 'Landing page', type: 'ref_url' },
    { name: 'Under posts', type: 'feed_comment_trigger' },
  ]
  t.match(await client.page.getGrowthTools(), tools)
  t.match(await client.page.getWidgets(), tools)
  t.match(await client.page.getOtnTopics(), [{ name: 'News', description: '' }])
  t.match(await client.template.generateSingleUseLink({ template_id: 3 }), { installation_link: /^https:/ })
})

t.test('a key that names no page serves each', async t => {
  const { api } = simulate()
  const authorization = 'Bearer default:simulator'
  const ask = async (path: string, method = 'GET', body = '') =>
    JSON.parse((await api.answer({ method, path, authorization, body })).body)
  t.match(await ask('/fb/page/getInfo'), { data: { id: 0 } })
  const made = await ask('/fb/subscriber/createSubscriber', 'POST', '{"whatsapp_phone":"+3"}')
  t.match(made, { data: { page_id: '', whatsapp_phone: '+3', optin_whatsapp: true } })
})
