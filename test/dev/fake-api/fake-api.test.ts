import t from 'tap'
import { type ApiCall, createFakeApi } from '../../../src/dev/fake-api/fake-api.ts'
import { fakeKey } from '../../../src/dev/fake-api/key.ts'
import { type Operation, operations } from '../../../src/manychat/operations.ts'
import { ana, message, page, refusal, simulate } from './simulated.ts'

const authorization = `Bearer ${fakeKey(page)}`

t.test('every operation of the table is answered', async t => {
  const { api } = simulate()
  for (const [group, members] of Object.entries(operations as Record<string, Record<string, Operation>>)) {
    for (const [name, { method, path }] of Object.entries(members)) {
      const { status, body } = await api.answer({ method, path, authorization, body: '{}' })
      t.match(body, /^\{"status":"(success|error)"/, `${group}.${name}`)
      t.notMatch(body, 'Not found')
      t.ok(status === 200 || status === 400, `${group}.${name} ${status}`)
    }
  }
})

t.test('a key that is none of it is refused, and so is a path or method that ManyChat lacks', async t => {
  const { api } = simulate()
  const keyless = await api.answer({ method: 'GET', path: '/fb/page/getInfo', authorization: undefined, body: '' })
  t.match(keyless, { status: 401, body: '{"status":"error","message":"Token is required"}' })
  for (const wrong of ['Bearer', `Bearer ${page}:other`, 'Bearer x:simulator']) {
    const answer = await api.answer({ method: 'GET', path: '/fb/page/getInfo', authorization: wrong, body: '' })
    t.match(answer, { status: 401, body: '{"status":"error","message":"Wrong access token"}' })
  }
  for (const [method, path] of [
    ['GET', '/fb/page/nothing'],
    ['POST', '/fb/page/getInfo'],
  ] as const) {
    t.match(await api.answer({ method, path, authorization, body: '' }), { status: 404, type: 'text/html' }, path)
  }
})

t.test('parameters are checked by the table of operations, and refused without a code', async t => {
  const { api } = simulate()
  const post = (body: string, path = '/fb/subscriber/addTagByName') =>
    api.answer({ method: 'POST', path, authorization, body })
  for (const body of ['', '[]', 'null', '{', '{"subscriber_id":1}', '{"subscriber_id":"x","tag_name":"vip"}']) {
    const { status, body: answered } = await post(body)
    t.equal(status, 400, body)
    t.match(JSON.parse(answered), {
      status: 'error',
      message: 'Validation error',
      details: { messages: [{ message: /^(?:Required: .*; got |The body must be)/ }] },
    })
  }
  const { body } = await post('{"first_name":"Bob"}', '/fb/subscriber/createSubscriber')
  t.match(body, 'Required: phone, email or whatsapp_phone')
})

t.test('null parameters are absent, and parameters that the operation lacks are ignored', async t => {
  const { api, phone } = simulate()
  await phone.open()
  const post = async (path: string, params: object) => {
    const body = JSON.stringify({ subscriber_id: ana, ...params })
    return JSON.parse((await api.answer({ method: 'POST', path, authorization, body })).body)
  }
  const data = { ...message('Hi'), content: { ...message('Hi').content } }
  const absent = { message_tag: null, otn_topic_name: null }
  t.same(await post('/fb/sending/sendContent', { data, ...absent }), { status: 'success' })
  const fields = [{ field_id: null, field_name: 'Size', field_value: 'S' }]
  t.same(await post('/fb/subscriber/setCustomFields', { fields }), { status: 'success' })
  t.same(phone.screen().fields, { Size: 'S' })
  t.same(await post('/fb/sending/sendFlow', { flow_ns: 'content1', message_tag: 'X' }), { status: 'success' })
  t.match(await post('/fb/subscriber/addTagByName', { tag_name: null }), { message: 'Validation error' })
  t.match(await post('/fb/subscriber/setCustomFields', { fields: [null] }), { message: 'Validation error' })
  const sought = await api.answer({
    method: 'GET',
    path: '/fb/subscriber/findBySystemField?email=ana@example.com&more=1',
    authorization,
    body: '',
  })
  t.match(JSON.parse(sought.body), { data: { id: ana } })
})

t.test('each operation has its limit in any second', async t => {
  const { client, clock } = simulate()
  const send = () => client.sending.sendContent({ subscriber_id: ana, data: message('Hi') })
  await client.page.getInfo()
  for (let sent = 0; sent < 25; sent++) {
    clock.ms += 20
    await t.rejects(send(), refusal(3011))
  }
  await t.rejects(send(), { code: 'DYN_CALL_LIMITED', httpStatus: 429 }, 'the 26th within the second')
  clock.ms += 520
  await t.rejects(send(), refusal(3011), 'the first is a second old')
  await t.rejects(send(), { code: 'DYN_CALL_LIMITED' })
  await client.page.getInfo()
})

t.test('a flow goes to one subscriber a hundred times an hour', async t => {
  const { client, clock } = simulate()
  const send = () => client.sending.sendFlow({ subscriber_id: ana, flow_ns: 'content1' })
  for (let sent = 0; sent < 100; sent++) {
    clock.ms += 100
    await send()
  }
  clock.ms += 2000
  await t.rejects(send(), { code: 'DYN_CALL_LIMITED' })
  clock.ms += 3_600_000
  await send()
})

t.test('faults can be switched on and off', async t => {
  const { api, phone, client, clock } = simulate()
  await phone.open()
  const send = () => client.sending.sendContent({ subscriber_id: ana, data: message('Hi') })
  t.equal(api.fault(), 'none')
  for (const [fault, error] of [
    ['limited', { code: 'DYN_CALL_LIMITED', httpStatus: 429 }],
    ['window', { code: 'DYN_CALL_REFUSED', platformCode: 3011, httpStatus: 400 }],
    ['uninstalled', { code: 'DYN_MANYCHAT_UNINSTALLED', httpStatus: 500 }],
    ['html', { code: 'DYN_CALL_ANSWER', httpStatus: 502 }],
  ] as const) {
    api.setFault(fault)
    await t.rejects(send(), error, fault)
  }
  t.equal(phone.screen().bubbles.length, 0)
  api.setFault('slow')
  const before = clock.ms
  await send()
  t.equal(clock.ms - before, 4000)
  api.setFault('none')
  await send()
  t.equal(phone.screen().bubbles.length, 2)
})

t.test('a silent platform answers nobody who still waits', async t => {
  const { promise: sleeping, resolve } = Promise.withResolvers<void>()
  const sleep = (_ms: number, signal?: AbortSignal) =>
    new Promise<void>((_done, fail) => {
      signal?.addEventListener('abort', () => fail(signal.reason))
      resolve()
    })
  const { api } = simulate({ sleep })
  api.setFault('silent')
  const gaveUp = new AbortController()
  const call = api.answer({ method: 'GET', path: '/fb/page/getInfo', authorization, body: '' }, gaveUp.signal)
  await sleeping
  gaveUp.abort(new Error('no more patience'))
  await t.rejects(call, { message: 'no more patience' })
})

t.test('whoever watches is told of each call', async t => {
  const calls: ApiCall[] = []
  const { client } = simulate({ onCall: call => calls.push(call) })
  await client.subscriber.addTagByName({ subscriber_id: ana, tag_name: 'vip' })
  await t.rejects(client.subscriber.addTag({ subscriber_id: ana, tag_id: 99 }))
  t.match(calls, [
    { operation: 'subscriber.addTagByName', page, params: { subscriber_id: ana, tag_name: 'vip' }, status: 200 },
    { operation: 'subscriber.addTag', status: 400, answer: /Tag does not exist/, ms: 0 },
  ])
})

t.test('by the system clock when none is given', async t => {
  const api = createFakeApi({ now: Date.now })
  const { status } = await api.fetch('https://api.manychat.com/fb/page/getTags', { headers: { authorization } })
  t.equal(status, 200)
})

t.test('a mistake of its own is no answer of ManyChat', async t => {
  const { api, phone } = simulate()
  api.subscribers.leave(phone)
  api.subscribers.join({
    ...phone,
    screen: () => {
      throw new Error('a mistake')
    },
  })
  const path = `/fb/subscriber/getInfo?subscriber_id=${ana}`
  await t.rejects(api.answer({ method: 'GET', path, authorization, body: '' }), { message: 'a mistake' })
})
