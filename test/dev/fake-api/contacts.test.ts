import t from 'tap'
import type { Carry } from '../../../src/dev/conversation/wire.ts'
import { ana, message, page, refusal, simulate } from './simulated.ts'

const unknown = { code: 'DYN_CALL_REFUSED', platformCode: null, message: /Subscriber does not exist/ }

t.test('contacts are found, made and changed', async t => {
  const { client, phone, api } = simulate()
  t.match(await client.subscriber.findByName({ name: 'Ana Ferreira' }), [{ id: ana, name: 'Ana Ferreira' }])
  t.match(await client.subscriber.findBySystemField({ email: 'ana@example.com' }), { id: ana })
  t.match(await client.subscriber.findBySystemField({ phone: '+1555' }), { id: ana })
  t.equal(await client.subscriber.findBySystemField({ phone: '+1556' }), null)
  const made = await client.subscriber.createSubscriber({
    first_name: 'Bo',
    phone: '+2',
    has_opt_in_sms: true,
    consent_phrase: 'Yes',
  })
  t.match(made, { first_name: 'Bo', name: 'Bo', phone: '+2', page_id: page, optin_phone: true, optin_email: false })
  t.match(made, { subscribed: '2026-01-01T00:00:00+00:00', last_interaction: null })
  await client.subscriber.updateSubscriber({
    subscriber_id: made.id,
    last_name: 'Li',
    email: 'bo@example.com',
    has_opt_in_email: true,
  })
  t.match(await client.subscriber.getInfo({ subscriber_id: made.id }), {
    name: 'Bo Li',
    email: 'bo@example.com',
    optin_phone: true,
    optin_email: true,
  })
  await client.subscriber.verifyBySignedRequest({ subscriber_id: ana, signed_request: 'x' })
  phone.changeContact({ page_id: '5' })
  await t.rejects(client.subscriber.getInfo({ subscriber_id: ana }), unknown, 'of another page')
  t.equal(api.subscribers.find('default', ana), phone, 'a key of no page is good for all')
})

t.test('a created contact can be sent content once they have written', async t => {
  const called: string[] = []
  const request: Carry = async ({ url, body }) => {
    called.push(`${url} ${body}`)
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      ms: 1,
      body: '{"version":"v2","content":{"messages":[{"type":"text","text":"You too"}]}}',
    }
  }
  const { client, clock, api } = simulate({ request })
  const { id } = await client.subscriber.createSubscriber({ whatsapp_phone: '+34600' })
  const send = (content: object) => {
    return client.sending.sendContent({ subscriber_id: id, data: { version: 'v2', content } as never })
  }
  const content = { type: 'whatsapp', messages: [{ type: 'text', text: 'Hi' }] }
  await t.rejects(send(content), refusal(3011))
  const bo = api.subscribers.find(page, id)
  t.equal(await bo?.say('Hello'), false, 'no block listens')
  await t.rejects(send({ ...content, type: undefined }), refusal(3011), 'content of another channel')
  const callback = { url: 'https://example.com/next', method: 'post', payload: { text: '{{last_input_text}}' } }
  await send({ ...content, external_message_callback: callback })
  t.equal(await bo?.say('Bye'), true, 'the content listens')
  t.same(called, ['https://example.com/next {"text":"Bye"}'])
  t.match(bo?.screen().bubbles, [{}, { late: true }, {}, { message: { text: 'You too' } }])
  clock.ms += 86_400_000
  await t.rejects(send(content), refusal(3011), 'a day later')
})

t.test('a contact whose callbacks nobody carries can write all the same', async t => {
  const { client, api } = simulate()
  const { id } = await client.subscriber.createSubscriber({ email: 'bo@example.com', has_opt_in_email: false })
  const bo = api.subscribers.createdAs(id)
  await bo?.say('Hello')
  const callback = { url: 'https://example.com/next', method: 'post' as const }
  const content = { ...message('Hi').content, external_message_callback: callback }
  await client.sending.sendContent({ subscriber_id: id, data: { version: 'v2', content } })
  t.equal(await bo?.say('Bye'), true)
  t.match(bo?.save().events.at(-1), { kind: 'response', outcome: 'not-called' })
})

t.test('a conversation comes before the created contact that it continues', async t => {
  const { client, phone, api } = simulate()
  const { id } = await client.subscriber.createSubscriber({ first_name: 'Ana', whatsapp_phone: '+3' })
  phone.changeContact({ id: Number(id) as never })
  t.equal(api.subscribers.find(page, id), phone, 'also if someone typed the id without quotes')
  t.equal((await client.subscriber.findByName({ name: 'Ana Ferreira' })).length, 1)
  t.same(await client.subscriber.findByName({ name: 'Ana' }), [], 'each is found once')
  api.subscribers.leave(phone)
  t.equal((await client.subscriber.findByName({ name: 'Ana' })).length, 1)
})
