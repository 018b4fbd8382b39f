import t from 'tap'
import { createManyChat } from '../../src/manychat/client.ts'
import { type Operation, operations } from '../../src/manychat/operations.ts'
import { Id, idNames, UserRef } from '../../src/manychat/params.ts'
import { startFakePlatform } from '../fake-platform.ts'

const text = 'Hi Ana, your biopsy result is here'
const contentOf = (message: object) => ({ version: 'v2', content: { messages: [message] } })

/** Operation, parameters, and the expected message. */
const wrong: [string, unknown, RegExp][] = [
  ['subscriber.getInfo', {}, /an id of up to 19 digits.* at \/subscriber_id, got nothing\./],
  ['subscriber.getInfo', { subscriber_id: 2 ** 53 }, /got a number too large to be exact\./],
  ['subscriber.getInfo', { subscriber_id: '-5' }, /got other text\./],
  ['subscriber.getInfo', { subscriber_id: '007' }, /got other text\./],
  ['subscriber.getInfo', { subscriber_id: '12345678901234567890' }, /got other text\./],
  ['subscriber.getInfo', { subscriber_id: 10n ** 19n }, /got a bigint\./],
  ['subscriber.getInfo', { subscriber_id: 1, user: 2 }, / one of subscriber_id, got "user"\./],
  ['subscriber.getInfo', null, /an object of parameters, got null\./],
  ['page.getTags', { all: true }, /got "all"\./],
  ['subscriber.findBySystemField', {}, /either email or phone, got another object\./],
  ['subscriber.findBySystemField', { email: 'a@b.c', phone: '1' }, /either email or phone/],
  ['subscriber.findByCustomField', { field_id: 1, field_value: true }, /text.* at \/field_value, got true\./],
  ['subscriber.setCustomField', { subscriber_id: 1, field_id: 2, field_value: Number.NaN }, /got another number\./],
  ['subscriber.setCustomField', { subscriber_id: 1, field_id: 2, field_value: 2 ** 60 }, /too large to be exact\./],
  [
    'subscriber.setCustomFields',
    { subscriber_id: 1, fields: [] },
    /a list of 1 to 20 fields at \/fields, got a list of 0\./,
  ],
  ['page.setBotFields', { fields: Array(21).fill({ field_id: 1, field_value: 1 }) }, /got a list of 21\./],
  ['page.setBotFields', { fields: [{ field_value: text }] }, /field_id or field_name.* at \/fields\/0/],
  ['page.createBotField', { name: 'n', type: 'number', value: text }, /a number below 2\^53.*got other text/],
  [
    'page.createCustomField',
    { caption: 'n', type: 'list' },
    /text, number, date, datetime or boolean at \/type, got other text/,
  ],
  ['subscriber.createSubscriber', { first_name: 'Ana' }, /phone, email or whatsapp_phone, got none of them\./],
  ['subscriber.createSubscriber', { phone: '1' }, /has_opt_in_sms beside phone/],
  ['subscriber.createSubscriber', { email: 'a@b.c' }, /has_opt_in_email beside email/],
  ['subscriber.createSubscriber', { whatsapp_phone: '1', has_opt_in_sms: true }, /consent_phrase beside/],
  ['sending.sendContent', { subscriber_id: 1, data: { content: {} } }, /"v2" at \/data\/version, got nothing\./],
  [
    'sending.sendContent',
    { subscriber_id: 1, data: contentOf({ type: 'text', txt: text }) },
    /content\/messages\/0\/text \(required\)/,
  ],
  [
    'sending.sendContent',
    {
      subscriber_id: 1,
      data: contentOf({ type: 'text', text, buttons: [{ type: 'node', caption: 'Go', target: 'Node' }] }),
    },
    /node-outside-flow/,
  ],
  [
    'sending.sendContentByUserRef',
    {
      user_ref: -1,
      data: { version: 'v2', content: { type: 'whatsapp', messages: [{ type: 'video', url: 'https://x.y' }] } },
    },
    /channel-message/,
  ],
  [
    'sending.sendContent',
    {
      subscriber_id: 1,
      data: {
        version: 'v2',
        content: {
          get messages() {
            throw new Error(text)
          },
        },
      },
    },
    /throws when it is read/,
  ],
]

t.test('wrong parameters never leave', async t => {
  const { url, heard } = await startFakePlatform(t)
  const manychat = createManyChat({ key: '1:key', baseUrl: url })
  for (const [operation, params, message] of wrong) {
    const [group = '', name = ''] = operation.split('.')
    // biome-ignore lint/suspicious/noExplicitAny: the compiler would refuse them too
    const error = await (manychat as any)[group][name](params).catch((thrown: unknown) => thrown)
    t.match(error, { code: 'DYN_CALL_PARAMS', name: 'ManyChatError', operation, carriedOut: 'no', message }, operation)
    t.notMatch(error.message, /biopsy|\.\.(?: |$)/)
  }
  t.strictSame(heard, [])
})

t.test('every parameter that is an id leaves as bare digits', async t => {
  const schemas = Object.values(operations).flatMap(group => Object.values(group)) as Operation[]
  const names = schemas.flatMap(({ params }) =>
    Object.entries(params.properties ?? {}).flatMap(([name, schema]) =>
      schema === Id || schema === UserRef ? [name] : [],
    ),
  )
  t.strictSame(new Set(names), idNames)
})

t.test('values leave as the API takes them', async t => {
  const { url, heard } = await startFakePlatform(t)
  const { page, sending, subscriber } = createManyChat({ key: '1:key', baseUrl: `${url}/`, allowLoopback: true })
  await subscriber.setCustomFields({
    subscriber_id: 9007199254740993123n,
    fields: [
      { field_id: 7n, field_value: new Date('2018-07-02T01:02:03.456Z') },
      { field_name: 'Order', field_value: 9007199254740993123n },
    ],
  })
  await page.createBotField({ name: 'since', type: 'date', value: new Date('2018-07-02T01:02:03Z') })
  await page.createBotField({ name: 'plain', type: 'text', description: '' })
  const callback = { url: 'http://127.0.0.1/', method: 'post' } as const
  await sending.sendContent({
    subscriber_id: '1',
    data: { version: 'v2', content: { messages: [], external_message_callback: callback } },
  })
  t.strictSame(
    heard.map(({ body }) => body),
    [
      '{"subscriber_id":9007199254740993123,"fields":[{"field_id":7,"field_value":"2018-07-02T01:02:03+00:00"},{"field_name":"Order","field_value":9007199254740993123}]}',
      '{"name":"since","type":"date","value":"2018-07-02"}',
      '{"name":"plain","type":"text","description":""}',
      '{"subscriber_id":1,"data":{"version":"v2","content":{"messages":[],"external_message_callback":{"url":"http://127.0.0.1/","method":"post"}}}}',
    ],
  )
})
