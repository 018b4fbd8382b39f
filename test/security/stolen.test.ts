import { Type } from '@sinclair/typebox'
import { createSigner } from 'fast-jwt'
import t from 'tap'
import { type Block, defineBlock } from '../../src/blocks/define.ts'
import { createCipher } from '../../src/settings/cipher.ts'
import { startFakePlatform } from '../fake-platform.ts'
import { type Answer, ana, build, buttonOf, post, secret, stateKey } from '../helper.ts'

const token = 'a-token-of-the-systems-of-this-test'
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })
const State = Type.Object({ price: Type.Number() })
const shop = (name: string): Block =>
  defineBlock({
    states: { pay: State, look: State },
    open: ({ tap }) => ({
      messages: [
        { type: 'text', text: name, buttons: [tap('Pay', 'pay', { price: 7 }), tap('Look', 'look', { price: 7 })] },
      ],
    }),
    steps: { pay: ({ state, contact }) => `${name}: ${contact.id} pays ${state.price}`, look: () => 'looking' },
  })

function serve(t: Parameters<typeof build>[0], config = {}) {
  return build(t, { config: { apiTokens: [token], ...config }, blocks: { shop: shop('shop'), other: shop('other') } })
}

/** The payload of a button, as an eavesdropper sees it. */
function payloadOf(answer: Answer, caption: string): { state: string; [key: string]: unknown } {
  return buttonOf(answer, caption)?.payload as { state: string }
}

t.test('W1: a webhook secret forges no callback', async t => {
  const { app, open, enter } = serve(t)
  const made = createSigner({ key: secret, algorithm: 'HS256' })
  const claims = { block: 'shop', step: 'pay', contact: '7', channel: 'messenger', state: { price: 0 }, exp: 4e9 }
  for (const body of [{}, { user_id: 7 }, { state: made(claims) }, { state: claims }]) {
    t.equal((await post(app, '/blocks/shop/pay', body, bearer(secret))).status, 401)
  }
  t.equal((await enter(buttonOf(await open('shop'), 'Pay'))).shown, 'shop: 9007199254740993123 pays 7')
})

t.test('W2: a webhook secret reads and adds no sends', async t => {
  const { app } = serve(t)
  for (const [method, url] of [
    ['GET', '/sends'],
    ['GET', '/sends/1'],
    ['POST', '/sends'],
    ['DELETE', '/sends/1'],
    ['POST', '/sends/1/retry'],
  ] as const) {
    t.equal((await app.inject({ method, url, headers: bearer(secret) })).statusCode, 401, url)
  }
})

t.test('W3: nobody puts an App Key of theirs behind another page', async t => {
  const platform = await startFakePlatform(t)
  const { app } = serve(t, { manychatApiUrl: platform.url })
  platform.answerWith({ body: '{"status":"success","data":{"id":666}}' })
  const { status, json } = await post(app, '/apps/installed', { app_token: 'mine', page_id: 1234 }, bearer(secret))
  t.match([status, json], [400, { code: 'DYN_APP_KEY_REFUSED' }])
})

t.test('W4: the answers of a block lead its caller on, as the contact who was named', async t => {
  const { open, tap } = serve(t)
  t.equal((await tap(await open('shop', '{"id":7}'), 'Pay')).shown, 'shop: 7 pays 7')
})

t.test('K1: a state key opens no block and reaches no sends', async t => {
  const { app } = serve(t)
  t.equal((await post(app, '/blocks/shop', ana, bearer(stateKey))).status, 401)
  t.equal((await app.inject({ url: '/sends', headers: bearer(stateKey) })).statusCode, 401)
})

t.test('K2: what lies in the store gives no App Key away', async t => {
  const sealed = createCipher([stateKey], 'app keys').encrypt('canary', 'page 1')
  t.notMatch(Buffer.from(sealed, 'base64url').toString('latin1'), 'canary')
  t.throws(() => createCipher(['another key of 32 characters….'], 'app keys').decrypt(sealed, 'page 1'), {
    code: 'DYN_SECRET_UNREADABLE',
  })
  t.throws(
    () => createCipher([stateKey], 'app keys').decrypt(sealed, 'page 2'),
    { code: 'DYN_SECRET_UNREADABLE' },
    'nor to another page',
  )
})

t.test('K3: a state of another shape reaches no handler, however well it is signed', async t => {
  const { app } = serve(t)
  const claims = { block: 'shop', step: 'pay', contact: '7', channel: 'messenger', exp: 4e9 }
  const enter = async (state: unknown) => {
    const forged = createSigner({ key: stateKey, algorithm: 'HS256' })({ ...claims, state })
    return (await post(app, '/blocks/shop/pay', { state: forged })).shown
  }
  t.equal(await enter({ price: 0 }), 'shop: 7 pays 0', 'who has the key can do what we can')
  for (const state of [{ price: '0' }, {}, [], null, undefined, 5]) t.match(await enter(state), /too old/)
})

t.test('T1: an API token opens no block and enters no step', async t => {
  const { app } = serve(t)
  for (const url of ['/blocks/shop', '/blocks/shop/pay', '/apps/installed']) {
    t.equal((await post(app, url, ana, bearer(token))).status, 401, url)
  }
})

t.test('T2: an API token never reads a key of a page', async t => {
  const { app } = serve(t, { manychatApiKeys: ['1234:canary-key'], chatfuelBots: ['bot:canary-token'] })
  for (const body of [
    { operation: 'sending.sendFlow', page: '1234', params: {} },
    { operation: 'sending.sendFlow', page: '999', params: { subscriber_id: 1, flow_ns: 'x' } },
    { operation: 'chatfuel.sendBlock', page: 'none', params: { user_id: '1', block_id: '2' } },
  ]) {
    const { status, text } = await post(app, '/sends', body, bearer(token))
    t.ok(status >= 400)
    t.notMatch(text, 'canary')
  }
})

t.test('C1: a callback enters its own block and step, for its own contact, in its time', async t => {
  const { app, open, clock } = serve(t)
  const { state } = payloadOf(await open('shop'), 'Pay')
  t.equal((await post(app, '/blocks/shop/pay', { state })).status, 200)
  for (const [url, body] of [
    ['/blocks/other/pay', {}],
    ['/blocks/shop/look', {}],
    ['/blocks/shop/pay', { user_id: '9007199254740993124' }],
    ['/blocks/shop/pay', { page_id: '1' }],
  ] as const) {
    const { status, json } = await post(app, url, { state, ...body })
    t.match([status, json], [401, { code: 'DYN_SEAL_REFUSED' }], `${url} ${JSON.stringify(body)}`)
  }
  clock.ms += 31 * 86_400_000
  t.notMatch((await post(app, '/blocks/shop/pay', { state })).shown, 'pays')
})

t.test('C2: a seal that is altered, unsigned or signed otherwise is refused', async t => {
  const { app, open } = serve(t)
  const { state } = payloadOf(await open('shop'), 'Pay')
  const [head, body, signature] = state.split('.') as [string, string, string]
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
  const cheap = encode({ ...claims, state: { price: 0 } })
  const sign = (algorithm: 'HS256' | 'HS512', key: string) => createSigner({ key, algorithm })(claims)
  for (const forged of [
    `${head}.${cheap}.${signature}`,
    `${encode({ alg: 'none', typ: 'JWT' })}.${cheap}.`,
    `${encode({ alg: 'none', typ: 'JWT' })}.${body}.${signature}`,
    `${head}.${body}.`,
    `${head}.${body}`,
    sign('HS256', 'a key that somebody else has, 32 long'),
    sign('HS512', stateKey),
  ]) {
    t.equal((await post(app, '/blocks/shop/pay', { state: forged })).status, 401, forged.slice(0, 60))
  }
})

t.test('C3: state can be read by who sees it, and by no other block', async t => {
  const { app, open } = serve(t)
  const { state } = payloadOf(await open('shop'), 'Pay')
  t.match(JSON.parse(Buffer.from(state.split('.')[1] as string, 'base64url').toString()), { state: { price: 7 } })
  t.equal((await post(app, '/blocks/other/pay', { state })).json.code, 'DYN_SEAL_REFUSED')
})

t.test('C4: a callback works again, each time as a call of its own', async t => {
  const ids = new Set<string>()
  const again = defineBlock({
    open: ({ tap }) => ({ messages: [{ type: 'text', text: 'Well?', buttons: [tap('Go', 'go')] }] }),
    steps: {
      go: ({ id }) => {
        ids.add(id)
      },
    },
  })
  const { open, tap } = build(t, { blocks: { again } })
  const opened = await open('again')
  for (let i = 0; i < 3; i++) t.equal((await tap(opened, 'Go')).status, 200)
  t.equal(ids.size, 3)
})

t.test('C5: an expired one reaches no handler, and the contact gets what the block says of it', async t => {
  let entered = 0
  const brief = defineBlock({
    expired: 'Gone',
    expiresAfterSeconds: 60,
    open: ({ tap }) => ({ messages: [{ type: 'text', text: 'Well?', buttons: [tap('Go', 'go')] }] }),
    steps: { go: () => `${entered++}` },
  })
  const { open, tap, clock } = build(t, { blocks: { brief } })
  const opened = await open('brief')
  clock.ms += 60_000
  const late = await tap(opened, 'Go')
  t.same([late.status, late.shown, entered], [200, 'Gone', 0])
})
