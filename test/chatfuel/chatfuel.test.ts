import { inspect } from 'node:util'
import t from 'tap'
import { createChatfuel } from '../../src/chatfuel/chatfuel.ts'
import { ChatfuelError } from '../../src/outbound/outbound-error.ts'
import { startFakePlatform } from '../fake-platform.ts'
import { createTestClock } from '../outbound/clock.ts'

const botId = '5f0c1d2e3b4a5968778695a4'
const token = 'mELtlMAHYqR0BvgEiMq8zVek3uYUK3OJMbtyrdNPTrQB9ndV0fM7lWTFZbM4MZvD'
const ok = { body: '{"success":true,"result":"Block was sent"}' }

t.test('version 1 sends a flow by its name', async t => {
  const { url, heard, answerWith } = await startFakePlatform(t)
  answerWith(ok)
  const bot = createChatfuel.v1({ botId, token, baseUrl: url })
  t.equal(await bot.sendBlock({ user_id: '7', flow_name: 'Order done', attributes: { order: 7 } }), 'Block was sent')
  const query = `chatfuel_token=${token}&chatfuel_flow_name=Order%20done&order=7`
  t.equal(heard[0]?.path, `/bots/${botId}/users/7/send?${query}`)
})

t.test('version 1 sends a block with all in the query', async t => {
  const { url, heard, answerWith } = await startFakePlatform(t)
  answerWith(ok, { body: '{"success":true}' }, ok)
  const bot = createChatfuel.v1({ botId, token, baseUrl: url })
  const attributes = { 'order no': 9007199254740993123n, paid: true, note: 'a&b=ü' }
  const tagged = { block_name: 'Order done', messaging_tag: 'CONFIRMED_EVENT_UPDATE' }
  t.equal(await bot.sendBlock({ user_id: '1234567890123456789', ...tagged, attributes }), 'Block was sent')
  t.equal(await bot.sendBlock({ user_id: 7, attributes: { size: 'L' } }), undefined)
  const original = createChatfuel.v1({ botId, token, baseUrl: url, names: 'original' })
  await original.sendBlock({ user_id: 'a/b', block_id: '5f0c', messaging_tag: 'CONFIRMED_EVENT_UPDATE' })
  const users = `/bots/${botId}/users`
  t.strictSame(
    heard.map(({ method, path, body }) => `${method} ${path} ${body}`.trim()),
    [
      `POST ${users}/1234567890123456789/send?chatfuel_token=${token}&chatfuel_block_name=Order%20done&chatfuel_message_tag=CONFIRMED_EVENT_UPDATE&order%20no=9007199254740993123&paid=true&note=a%26b%3D%C3%BC`,
      `POST ${users}/7/send?chatfuel_token=${token}&size=L`,
      `POST ${users}/a%2Fb/send?bot_token=${token}&block_id=5f0c&messaging_tag=CONFIRMED_EVENT_UPDATE`,
    ],
  )
  t.ok(heard.every(({ headers }) => headers['content-type'] === 'application/json'))
})

t.test('version 2 sends to whoever is identified', async t => {
  const { url, heard, answerWith } = await startFakePlatform(t)
  answerWith({ body: '{"queued":1}' }, ok)
  const bot = createChatfuel.v2({ baseUrl: `${url}/api/`, botId, token })
  const sent = {
    customer_id: 9007199254740993123n,
    customer_fbid: 12,
    messages: [{ text: 'Hello' }],
    priority: ['fbid', 'email'] as ('fbid' | 'email')[],
  }
  t.strictSame(await bot.send(sent), { queued: 1 })
  await bot.send({ customer_email: 'ana@example.com', block_id: 'b1' })
  t.match(heard, [
    {
      method: 'POST',
      path: `/api/${botId}/send`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"customer_id":"9007199254740993123","customer_fbid":"12","messages":[{"text":"Hello"}],"priority":["fbid","email"]}',
    },
    { body: '{"customer_email":"ana@example.com","block_id":"b1"}' },
  ])
})

t.test('wrong parameters never leave', async t => {
  const { url, heard } = await startFakePlatform(t)
  const v1 = createChatfuel.v1({ botId, token, baseUrl: url })
  const original = createChatfuel.v1({ botId, token, baseUrl: url, names: 'original' })
  const v2 = createChatfuel.v2({ botId, token, baseUrl: url })
  const user_id = '1'
  const wrong: [() => Promise<unknown>, RegExp][] = [
    [() => v1.sendBlock({ user_id }), /block_name, block_id, flow_name or attributes, got none of them/],
    [() => v1.sendBlock({ user_id, block_name: 'a', block_id: 'b' }), /got block_name and block_id/],
    [() => v1.sendBlock({ user_id, flow_name: 'a', block_name: 'b' }), /got block_name and flow_name/],
    [() => original.sendBlock({ user_id, flow_name: 'a' }), /the original names have none for a flow, got flow_name/],
    [() => v1.sendBlock({ user_id, attributes: { chatfuel_x: 1 } }), /got "chatfuel_x"/],
    [() => v1.sendBlock({ user_id, attributes: { bot_token: 1 } }), /got "bot_token"/],
    [() => v1.sendBlock({ user_id: '', block_id: 'b' }), /the messenger user id at \/user_id, got empty text/],
    [() => v2.send({ block_id: 'b' }), /at least one of customer_id, customer_email, customer_phone, customer_fbid/],
    [() => v2.send({ customer_id: '1', priority: ['fbid', 'fbid'] }), /each once/],
    [
      () => v2.send({ customer_id: '1', messages: [] }),
      /a list of at least one \{ text \} at \/messages, got a list of 0/,
    ],
  ]
  for (const [call, message] of wrong) await t.rejects(call(), { code: 'DYN_CALL_PARAMS', message })
  t.strictSame(heard, [])
  t.throws(() => createChatfuel.v1({ botId, token: '' }), { code: 'DYN_CLIENT_OPTIONS' })
  t.throws(() => createChatfuel.v2({ botId, token, baseUrl: '' }), { code: 'DYN_CLIENT_OPTIONS' })
})

const failures: [status: number, body: string, expected: object][] = [
  [200, '{"success":false,"result":"User not found"}', { code: 'DYN_CALL_REFUSED', message: /"User not found"/ }],
  [
    200,
    '{"success":false}',
    { code: 'DYN_CALL_REFUSED', message: /refused chatfuel\.send\w* \(HTTP 200\): no reason/ },
  ],
  [400, '{"message":"No block"}', { code: 'DYN_CALL_REFUSED', message: /"No block"/ }],
  [401, '{"success":false,"result":"Bad token"}', { code: 'DYN_CHATFUEL_TOKEN', message: /HTTP 401 "Bad token"/ }],
  [403, '{}', { code: 'DYN_CHATFUEL_TOKEN' }],
  [429, '{"success":false}', { code: 'DYN_CALL_LIMITED' }],
  [500, '{"success":false,"result":"Oops"}', { code: 'DYN_CALL_FAILED', carriedOut: 'unknown' }],
  [200, '[]', { code: 'DYN_CALL_ANSWER', carriedOut: 'unknown' }],
  [502, '<html>', { code: 'DYN_CALL_ANSWER', carriedOut: 'unknown' }],
]

for (const [status, body, expected] of failures) {
  t.test(`${status} ${body}`, async t => {
    const { url, answerWith } = await startFakePlatform(t)
    answerWith({ status, body }, { status, body })
    const v1 = createChatfuel.v1({ botId, token, baseUrl: url })
    const v2 = createChatfuel.v2({ botId, token, baseUrl: url })
    for (const call of [v1.sendBlock({ user_id: '1', block_id: 'b' }), v2.send({ customer_id: '1' })]) {
      const error = await call.catch(thrown => thrown)
      t.ok(error instanceof ChatfuelError)
      t.match(error, { service: 'chatfuel', page: botId, httpStatus: status, ...expected })
    }
  })
}

t.test('25 calls a second, and no token or text in what fails', async t => {
  const { url, answerWith } = await startFakePlatform(t)
  const clock = createTestClock()
  const bot = createChatfuel.v1({ botId, token, baseUrl: url, clock })
  const shown: string[] = [inspect(bot, { showHidden: true })]
  for (let i = 0; i < 3; i++) {
    answerWith({ body: JSON.stringify({ success: false, result: `${token} cannot say biopsy result` }) })
    const call = bot.sendBlock({ user_id: '1', block_id: 'b', attributes: { note: 'Your biopsy result' } })
    shown.push(inspect(await call.catch(error => error), { depth: 9, showHidden: true }))
  }
  t.strictSame(clock.slept.map(Math.round), [43, 43])
  t.strictSame(
    shown.filter(line => /biopsy|mELtlMAH/.test(line)),
    [],
  )
})
