import { createSigner } from 'fast-jwt'
import t from 'tap'
import { defineBlock, Type } from '../../src/index.ts'
import { type Answer, ana, build, buttonOf, type Callback, post, stateKey } from '../helper.ts'

const expired = 'Too old, sorry.'
const order = defineBlock({
  expired,
  states: { pay: Type.Object({ amount: Type.Integer() }) },
  open: ({ tap, listen }) => ({
    messages: [{ type: 'text', text: 'Order', buttons: [tap('Pay', 'pay', { amount: 5 }), tap('Cancel', 'cancel')] }],
    external_message_callback: listen('cancel', undefined, { timeoutSeconds: 100 }),
  }),
  steps: { pay: ({ state }) => `Paid ${state.amount}`, cancel: () => 'Cancelled' },
})
const blocks = { order, other: order }

t.test('what this server sealed opens the step', async t => {
  const { open, tap } = build(t, { blocks })
  t.equal((await tap(await open('order'), 'Pay')).shown, 'Paid 5')
})

t.test('what it did not seal is 401, and nothing of it reaches a handler', async t => {
  const { app, open, enter } = build(t, { blocks })
  const pay = buttonOf(await open('order'), 'Pay') as Callback
  const token = String(pay.payload?.state)
  const [header, payload, signature] = token.split('.') as [string, string, string]
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const sign = createSigner({ key: stateKey, algorithm: 'HS256', noTimestamp: true })
  const richer = { ...claims, state: { amount: 1 } }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  for (const [what, state] of Object.entries({
    altered: `${header}.${encode(richer)}.${signature}`,
    'cut off': token.slice(0, -1),
    unsigned: `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
    'unsigned, with a signature': `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.${signature}`,
    'of another key': createSigner({ key: 'some-other-key-of-some-other-server', algorithm: 'HS256' })(claims),
    'of another algorithm': createSigner({ key: stateKey, algorithm: 'HS512' })(claims),
    'of the key, with claims of another shape': sign({ ...claims, listen: 100, choices: 'x' }),
    'of the key, for nobody': sign({ ...claims, contact: {} }),
    'of the key, without an end': sign({ ...claims, exp: undefined }),
    'no token': 'Pay',
    empty: '',
    unrendered: '{{state}}',
    'a number': 5,
    'an object': claims,
    missing: undefined,
  })) {
    const { status, json, text } = await enter(pay, { state })
    t.equal(status, 401, what)
    t.match(json, { code: 'DYN_SEAL_REFUSED', title: 'Sealed state refused' })
    t.notMatch(text, /9007199254740993123|amount/)
  }
  t.equal((await post(app, '/blocks/order/pay', '[]')).status, 401)
  t.equal((await post(app, '/blocks/order/pay', '"text"')).status, 401)
})

t.test('it opens only the door that it was made for', async t => {
  const { open, enter } = build(t, { blocks })
  const opened = await open('order')
  const pay = buttonOf(opened, 'Pay') as Callback
  for (const [url, status, code] of [
    ['/blocks/order/cancel', 401, 'DYN_SEAL_REFUSED'],
    ['/blocks/other/pay', 401, 'DYN_SEAL_REFUSED'],
    ['/blocks/order/nothing', 404, 'DYN_STEP_UNKNOWN'],
    ['/blocks/order/constructor', 404, 'DYN_STEP_UNKNOWN'],
    ['/blocks/nothing/pay', 404, 'DYN_BLOCK_UNKNOWN'],
  ] as const) {
    const answer = await enter({ ...pay, url })
    t.same([answer.status, answer.json.code], [status, code], url)
  }
})

t.test('for the contact and page that it was made for', async t => {
  const { open, enter } = build(t, { blocks })
  const pay = buttonOf(await open('order'), 'Pay') as Callback
  const statusOf = async (body: string) => {
    const text = `{"state":"${pay.payload?.state}",${body}}`
    return (await enter({ ...pay, payload: {} }, JSON.parse(text))).status
  }
  t.equal(await statusOf('"user_id":"9007199254740993123"'), 200)
  t.equal(await statusOf('"user_id":"{{user_id}}"'), 200)
  t.equal(await statusOf('"user_id":""'), 200)
  t.equal(await statusOf('"user_id":"9007199254740993124"'), 401)
  t.equal(await statusOf('"user_id":"somebody"'), 401)
  t.equal(await statusOf('"user_id":7'), 401)
  t.equal(await statusOf('"user_id":{"id":"9007199254740993123"}'), 401)
  t.equal(await statusOf('"page_id":"1234567890123456789"'), 200)
  t.equal(await statusOf('"page_id":"1234567890123456780"'), 401)
})

t.test('the id of the contact is compared to the digit when it comes bare', async t => {
  const { app, open } = build(t, { blocks })
  const state = buttonOf(await open('order'), 'Pay')?.payload?.state
  for (const [id, status] of [
    ['9007199254740993123', 200],
    ['9007199254740993124', 401],
    ['9007199254740993000', 401],
  ] as const) {
    t.equal((await post(app, '/blocks/order/pay', `{"state":"${state}","user_id":${id}}`)).status, status, id)
  }
})

t.test('keys rotate: the first signs, all open', async t => {
  const keys = ['the-newer-key-of-this-server-0001', 'the-older-key-of-this-server-0002'] as [string, string]
  const old = build(t, { blocks, config: { stateKeys: [keys[1]] } })
  const rotated = build(t, { blocks, config: { stateKeys: keys } })
  const later = build(t, { blocks, config: { stateKeys: [keys[0]] } })
  const oldPay = buttonOf(await old.open('order'), 'Pay')
  t.equal((await rotated.enter(oldPay)).shown, 'Paid 5')
  t.equal((await later.enter(oldPay)).status, 401)
  t.equal((await later.enter(buttonOf(await rotated.open('order'), 'Pay'))).shown, 'Paid 5')
})

t.test('an old button is answered by what the block says of it', async t => {
  const { open, tap, clock } = build(t, { blocks })
  const opened = await open('order')
  clock.ms += 2_592_000_000 - 1
  t.equal((await tap(opened, 'Pay')).shown, 'Paid 5', 'to the last second')
  clock.ms += 1
  const { status, shown, json } = await tap(opened, 'Pay')
  t.same([status, json.version, shown], [200, 'v2', expired])
})

t.test('a block may let its buttons expire sooner, or say nothing of it', async t => {
  const brief = defineBlock({
    expiresAfterSeconds: 60,
    open: ({ tap }) => ({ messages: [{ type: 'text', text: 'Now or never', buttons: [tap('Now', 'next')] }] }),
    steps: { next: () => 'In time' },
  })
  const { open, tap, clock } = build(t, { blocks: { brief } })
  const opened = await open('brief', `{"contact":${ana},"channel":"whatsapp"}`)
  clock.ms += 59_999
  t.equal((await tap(opened, 'Now')).shown, 'In time')
  clock.ms += 1
  const late = await tap(opened, 'Now')
  t.match(late.shown, /too old/)
  t.equal(late.content.type, 'whatsapp')
})

t.test('a listener expires a minute after ManyChat stops asking it', async t => {
  const { open, say, clock } = build(t, { blocks })
  const opened = await open('order')
  clock.ms += 159_999
  t.equal((await say(opened, 'hello')).shown, 'Cancelled')
  clock.ms += 1
  t.equal((await say(opened, 'hello')).shown, expired)
})

t.test('of an expired seal too, nothing is believed that it does not say', async t => {
  const { open, enter, clock } = build(t, { blocks })
  const pay = buttonOf(await open('order'), 'Pay') as Callback
  clock.ms += 2_592_000_000
  t.equal((await enter(pay, { user_id: '7' })).status, 401)
  t.equal((await enter({ ...pay, url: '/blocks/order/cancel' })).status, 401)
})

t.test('a step, its state or the whole block may be gone since', async t => {
  const before = build(t, { blocks })
  const opened: Answer = await before.open('order')
  const gone = defineBlock({ expired, open: () => 'Order' })
  const changed = defineBlock({
    expired,
    states: { pay: Type.Object({ cents: Type.Integer() }), cancel: Type.Object({ why: Type.String() }) },
    open: () => 'Order',
    steps: { pay: ({ state }) => `${state.cents}`, cancel: ({ state }) => state.why },
  })
  for (const block of [gone, changed]) {
    const after = build(t, { blocks: { order: block } })
    t.equal((await after.tap(opened, 'Pay')).shown, expired)
    t.equal((await after.tap(opened, 'Cancel')).shown, expired)
  }
  const { status, shown } = await build(t).tap(opened, 'Pay')
  t.equal(status, 200)
  t.match(shown, /too old/)
})
