import t from 'tap'
import { type Call, defineBlock, Type } from '../../src/index.ts'
import { ana, build, buttonOf, post, publicUrl, secret } from '../helper.ts'

const talk = defineBlock({
  states: { chosen: Type.Object({ size: Type.String() }), named: Type.Object({ size: Type.String() }) },
  open: ({ contact, tap }) => ({
    messages: [{ type: 'text', text: `Hi ${contact.first_name}`, buttons: [tap('Small', 'chosen', { size: 'S' })] }],
  }),
  steps: {
    chosen: ({ state, listen }) => ({
      messages: [{ type: 'text', text: `${state.size}. Your name?` }],
      external_message_callback: listen('named', state, { timeoutSeconds: 600 }),
    }),
    named: ({ input, state }) => `Thanks ${input}, your ${state.size} is on its way.`,
  },
})

t.test('a conversation: open, tap, message', async t => {
  const { open, tap, say } = build(t, { blocks: { talk } })
  const opened = await open('talk')
  t.same([opened.status, opened.json.version, opened.shown], [200, 'v2', 'Hi Ana'])
  t.match(buttonOf(opened, 'Small'), {
    url: `${publicUrl}/blocks/talk/chosen`,
    method: 'post',
    payload: { user_id: '{{user_id}}', input: '{{last_input_text}}' },
  })
  const tapped = await tap(opened, 'Small')
  t.equal(tapped.shown, 'S. Your name?')
  t.match(tapped.content.external_message_callback, { url: `${publicUrl}/blocks/talk/named`, timeout: 600 })
  t.equal((await say(tapped, 'Ana Ruiz')).shown, 'Thanks Ana Ruiz, your S is on its way.')
})

t.test('opening gives the handler all that the body held', async t => {
  const { given, block } = spy()
  const { open } = build(t, { blocks: { block } })
  await open('block', `{"me":${ana},"channel":"wa","input":"hello","order":9007199254740993}`)
  t.match(given[0], {
    contact: { id: '9007199254740993123', page_id: '1234567890123456789', first_name: 'Ana', language: 'es' },
    page: '1234567890123456789',
    channel: 'whatsapp',
    input: 'hello',
    extras: { channel: 'wa', input: 'hello', order: '9007199254740993' },
    attempt: 1,
    state: undefined,
  })
  await open('block')
  t.match(
    given.map(({ id }) => id),
    [/^[\w-]{16,}$/, /^[\w-]{16,}$/],
  )
  t.not(given[0]?.id, given[1]?.id)
})

t.test('a callback gives it what the seal carried', async t => {
  const { given, block } = spy()
  const { open, enter } = build(t, { blocks: { block } })
  const opened = await open('block', `{"me":${ana},"channel":"telegram"}`)
  await enter(buttonOf(opened, 'Go'), { user_id: '9007199254740993123', input: 'hi', more: [7], channel: 'wa' })
  const { contact, page, channel, input, extras } = given[1] as Call
  t.same(contact, { id: '9007199254740993123', page_id: '1234567890123456789', first_name: 'Ana', language: 'es' })
  t.same([page, channel, input, extras], ['1234567890123456789', 'telegram', 'hi', { more: [7], channel: 'wa' }])
})

t.test('a callback knows no more than the body that opened the block', async t => {
  const { given, block } = spy()
  const { open, tap } = build(t, { blocks: { block } })
  await tap(await open('block', '{"id":7}'), 'Go')
  t.same(given[1]?.contact, { id: '7' })
  t.equal(given[1]?.page, null)
  t.equal(given[1]?.input, null, 'ManyChat did not render the input')
})

t.test('bigints leave as bare digits', async t => {
  const block = defineBlock({
    open: () => ({ actions: [{ action: 'set_field_value', field_name: 'order', value: 9007199254740993123n }] }),
  })
  const { text } = await build(t, { blocks: { block } }).open('block')
  t.match(text, '"value":9007199254740993123}')
})

t.test('every answer is JSON of v2, in the type of its channel', async t => {
  const { open } = build(t)
  for (const [channel, type] of [
    ['messenger', undefined],
    ['instagram', 'instagram'],
    ['whatsapp', 'whatsapp'],
    ['telegram', 'telegram'],
  ]) {
    const { headers, json } = await open('hello', `{"contact":{"id":7},"channel":"${channel}"}`)
    t.equal(headers['content-type'], 'application/json; charset=utf-8')
    t.same(json, { version: 'v2', content: { ...(type && { type }), messages: [{ type: 'text', text: 'Hello' }] } })
  }
})

t.test('an unknown block is 404, and in development the nearest is named', async t => {
  for (const dev of [true, false]) {
    const { status, json, headers } = await build(t, { config: { dev } }).open('helo')
    t.equal(status, 404)
    t.match(json, { code: 'DYN_BLOCK_UNKNOWN', status: 404, title: 'Unknown block' })
    t.equal(/Did you mean "hello"\?/.test(json.detail), dev)
    t.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
  }
})

t.test('with no block at all nothing is suggested', async t => {
  const { json } = await build(t, { config: { dev: true }, blocks: {} }).open('hello')
  t.equal(json.code, 'DYN_BLOCK_UNKNOWN')
  t.notMatch(json.detail, /Did you mean/)
})

t.test('names of what every object has are no blocks', async t => {
  const { open } = build(t)
  for (const name of ['constructor', '__proto__', 'toString']) t.equal((await open(name)).status, 404, name)
})

t.test('other paths and methods are 404', async t => {
  const { app } = build(t)
  for (const [method, url] of [
    ['POST', '/'],
    ['POST', '/blocks'],
    ['POST', '/blocks/'],
    ['POST', '/blocks/hello/step/more'],
    ['GET', '/%00'],
  ] as const) {
    const { statusCode, body, headers } = await app.inject({ method, url })
    t.equal(statusCode, 404, `${method} ${url}`)
    t.match(JSON.parse(body), { code: 'DYN_ROUTE_UNKNOWN' })
    t.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
  }
  t.equal((await post(app, '/elsewhere', 'not JSON', { 'content-type': 'text/xml' })).status, 404)
})

t.test('a slash behind the name changes nothing', async t => {
  const { app } = build(t)
  const headers = { authorization: `Bearer ${secret}` }
  t.equal((await post(app, '/blocks/hello/', ana, headers)).status, 200)
  t.equal((await post(app, '/blocks/hello?from=manychat', ana, headers)).status, 200)
  t.equal((await post(app, '/blocks/hello/', ana)).json.code, 'DYN_UNAUTHORIZED')
})

t.test('a path that can not be decoded is refused in the same form', async t => {
  const { statusCode, body } = await build(t).app.inject({ method: 'POST', url: '/blocks/%E0%A4%A' })
  t.equal(statusCode, 400)
  t.match(JSON.parse(body), { code: 'DYN_REQUEST_REFUSED', detail: /FST_ERR_BAD_URL/ })
})

/** A block that records its handlers' calls, with a button to its step. */
function spy() {
  const given: Call[] = []
  const block = defineBlock({
    open: call => {
      given.push(call as unknown as Call)
      return { messages: [{ type: 'text', text: 'Hi', buttons: [call.tap('Go', 'next')] }] }
    },
    steps: {
      next: call => {
        given.push(call as unknown as Call)
      },
    },
  })
  return { given, block }
}
