/** Every answer of the fake API against the shapes of ManyChat's Swagger. */
import { type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import t, { type Test } from 'tap'
import { channels } from '../../../src/content/channels.ts'
import { fakeKey } from '../../../src/dev/fake-api/key.ts'
import { answers, Refused, type Subscriber } from '../../../src/dev/fake-api/swagger.ts'
import { type Operation, operations } from '../../../src/manychat/operations.ts'
import { ana, message, page, simulate } from './simulated.ts'

const ref = '-1543835812530302162'
const schemas = answers as Record<string, Record<string, TSchema>>
const table = operations as Record<string, Record<string, Operation>>

/** Calls in an order in which each succeeds. The account counts its ids: its topic is 1, its growth tool 2. */
const calls: [operation: string, params: object][] = [
  ['page.getInfo', {}],
  ['page.createTag', { name: 'vip' }],
  ['page.createTag', { name: 'old' }],
  ['page.createTag', { name: 'older' }],
  ['page.getTags', {}],
  ['page.removeTag', { tag_id: 4 }],
  ['page.removeTagByName', { tag_name: 'older' }],
  ['page.createCustomField', { caption: 'Size', type: 'text', description: 'of shirts' }],
  ['page.createCustomField', { caption: 'Born', type: 'date' }],
  ['page.getCustomFields', {}],
  ['page.createBotField', { name: 'open', type: 'boolean', value: true }],
  ['page.createBotField', { name: 'note', type: 'text' }],
  ['page.setBotField', { field_id: 8, field_value: false }],
  ['page.setBotFieldByName', { field_name: 'note', field_value: 'a' }],
  ['page.setBotFields', { fields: [{ field_name: 'note', field_value: 'b' }] }],
  ['page.createBotField', { name: 'empty', type: 'number' }],
  ['page.getBotFields', {}],
  ['page.getGrowthTools', {}],
  ['page.getWidgets', {}],
  ['page.getOtnTopics', {}],
  ['page.getFlows', {}],
  ['subscriber.addTag', { subscriber_id: ana, tag_id: 3 }],
  ['subscriber.addTagByName', { subscriber_id: ana, tag_name: 'new' }],
  ['subscriber.removeTag', { subscriber_id: ana, tag_id: 3 }],
  ['subscriber.removeTagByName', { subscriber_id: ana, tag_name: 'gone' }],
  ['subscriber.setCustomField', { subscriber_id: ana, field_id: 6, field_value: 'S' }],
  ['subscriber.setCustomFieldByName', { subscriber_id: ana, field_name: 'Party', field_value: 4 }],
  ['subscriber.setCustomFields', { subscriber_id: ana, fields: [{ field_name: 'Vegan', field_value: true }] }],
  ['subscriber.getInfo', { subscriber_id: ana }],
  ['subscriber.getInfoByUserRef', { user_ref: ref }],
  ['subscriber.findByName', { name: 'Ana Ferreira' }],
  ['subscriber.findByCustomField', { field_id: 6, field_value: 'S' }],
  ['subscriber.findBySystemField', { email: 'ana@example.com' }],
  ['subscriber.findBySystemField', { email: 'nobody@example.com' }],
  ['subscriber.createSubscriber', { whatsapp_phone: '+3', first_name: 'Bo' }],
  ['subscriber.createSubscriber', { email: 'cy@example.com', has_opt_in_email: true }],
  ['subscriber.updateSubscriber', { subscriber_id: ana, gender: 'female', last_name: 'Ferraz' }],
  ['subscriber.verifyBySignedRequest', { subscriber_id: ana, signed_request: 'x' }],
  ['sending.sendContent', { subscriber_id: ana, data: message('Hi') }],
  ['sending.sendContentByUserRef', { user_ref: ref, data: message('Hi') }],
  ['sending.sendFlow', { subscriber_id: ana, flow_ns: 'content1' }],
  ['template.generateSingleUseLink', { template_id: 7 }],
]

t.test('the shapes are those of the table of operations', async t => {
  const named = (groups: Record<string, object>) =>
    Object.entries(groups).map(([group, all]) => [group, Object.keys(all)])
  t.same(named(schemas), named(table))
})

t.test('every operation answers in its shape', async t => {
  const { api, phone } = simulate()
  await phone.open()
  api.accountOf(page).createOtnTopic('News')
  api.accountOf(page).createGrowthTool('Landing page')
  for (const [operation, params] of calls) {
    const { status, body } = await call(api, operation, params)
    matches(t, success(lookUp(schemas, operation)), body, operation)
    t.equal(status, 200, operation)
  }
  const all = Object.entries(table).flatMap(([group, members]) => Object.keys(members).map(name => `${group}.${name}`))
  t.same(new Set(calls.map(([operation]) => operation)), new Set(all), 'all were called')
})

for (const channel of channels) {
  t.test(`a contact has all fields on ${channel}, however little is known`, async t => {
    const { api, phone } = simulate({ channel })
    const get = () => call(api, 'subscriber.getInfo', { subscriber_id: ana })
    matches(t, success(answers.subscriber.getInfo), (await get()).body, 'before the first message')
    await phone.open()
    matches(t, success(answers.subscriber.getInfo), (await get()).body, 'after it')
    const absent = Object.keys(phone.contact).filter(name => name !== 'id')
    phone.changeContact(Object.fromEntries(absent.map(name => [name, null])))
    const unknown = (await get()).body
    matches(t, success(answers.subscriber.getInfo), unknown, 'of whom nothing is known')
    const { data } = JSON.parse(unknown) as { data: Subscriber }
    t.match(data, { id: ana, page_id: '', first_name: '', ig_id: 0, last_interaction: null, optin_phone: false })
  })
}

t.test('values that people typed take the shape of their field, and ids keep their digits', async t => {
  const { api, phone } = simulate()
  phone.changeContact({
    ig_id: '17841400987654321',
    id: 12345 as never,
    page_id: null,
    phone: 600 as never,
    subscribed: '2025-02-03T04:05:06.789Z',
    last_seen: 'yesterday',
    user_refs: ['1', { user_ref: ref, opted_in: '2018-12-03T13:17:54+02:00' }],
  })
  const { body } = await call(api, 'subscriber.getInfo', { subscriber_id: 12345 })
  matches(t, success(answers.subscriber.getInfo), body, 'typed')
  t.match(body, `"ig_id":17841400987654321,`)
  const subscribed = '2025-02-03T04:05:06+00:00'
  t.match(JSON.parse(body).data, {
    id: '12345',
    phone: '600',
    subscribed,
    last_seen: subscribed,
    user_refs: [
      { user_ref: '1', opted_in: subscribed },
      { user_ref: ref, opted_in: '2018-12-03T11:17:54+00:00' },
    ],
  })
})

/** Calls that are refused. */
const refusals: [operation: string, params: object][] = [
  ['page.createTag', { name: 'vip' }],
  ['page.createTag', {}],
  ['page.createCustomField', { caption: 'size', type: 'text' }],
  ['page.createCustomField', { caption: 'Size', type: 'list' }],
  ['page.createBotField', { name: 'Open', type: 'text' }],
  ['page.removeTag', { tag_id: 99 }],
  ['page.setBotFieldByName', { field_name: 'none', field_value: 1 }],
  ['subscriber.getInfo', { subscriber_id: 7 }],
  ['subscriber.getInfoByUserRef', { user_ref: 7 }],
  ['subscriber.addTag', { subscriber_id: ana, tag_id: 99 }],
  ['subscriber.setCustomField', { subscriber_id: ana, field_id: 99, field_value: '' }],
  ['subscriber.createSubscriber', { first_name: 'Bo' }],
  ['sending.sendContent', { subscriber_id: ana, data: message('Hi'), message_tag: 'ACCOUNT_UPDATE' }],
  ['sending.sendContent', { subscriber_id: ana, data: message('Hi'), otn_topic_name: 'News' }],
  ['sending.sendContent', { subscriber_id: ana, data: message('') }],
  ['sending.sendContent', { subscriber_id: ana, data: message('Too late') }],
]

t.test('every refusal has one of the two shapes', async t => {
  const { api } = simulate()
  const account = api.accountOf(page)
  account.createTag('vip')
  account.createField('Size', 'text')
  account.createBotField('open', 'text')
  for (const [operation, params] of refusals) {
    const { status, body } = await call(api, operation, params)
    t.equal(status, 400, `${operation} ${body}`)
    matches(t, Refused, body, operation)
  }
})

t.test('a key without a page gets the same shapes', async t => {
  const { api } = simulate()
  for (const [operation, params] of [
    ['page.getInfo', {}],
    ['subscriber.createSubscriber', { whatsapp_phone: '+3' }],
  ] as const) {
    const { body } = await call(api, operation, params, 'default')
    matches(t, success(lookUp(schemas, operation)), body, operation)
  }
})

async function call({ answer }: ReturnType<typeof simulate>['api'], operation: string, params: object, of = page) {
  const { method, path } = lookUp(table, operation)
  const query = method === 'GET' ? `?${new URLSearchParams(params as Record<string, string>)}` : ''
  return answer({
    method,
    path: `${path}${query}`,
    authorization: `Bearer ${fakeKey(of)}`,
    body: method === 'GET' ? '' : JSON.stringify(params),
  })
}

function lookUp<T>(groups: Record<string, Record<string, T>>, operation: string): T {
  const [group, name] = operation.split('.') as [string, string]
  return groups[group]?.[name] as T
}

function success(data: TSchema): TSchema {
  const isAbsent = Value.Check(data, undefined)
  const members = { status: Type.Literal('success'), ...(!isAbsent && { data }) }
  return Type.Object(members, { additionalProperties: false })
}

function matches(t: Test, schema: TSchema, body: string, message: string): void {
  const errors = [...Value.Errors(schema, JSON.parse(body))].map(({ path, message }) => `${path}: ${message}`)
  t.same(errors, [], message)
}
