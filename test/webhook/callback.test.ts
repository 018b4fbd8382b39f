import t, { type Test } from 'tap'
import { defineBlock } from '../../src/index.ts'
import { build, buttonOf, type Callback } from '../helper.ts'

const blocks = {
  order: defineBlock({
    open: ({ tap }) => ({
      messages: [{ type: 'text', text: 'Order', buttons: [tap('Pay', 'pay'), tap('Stop', 'stop')] }],
    }),
    steps: { pay: ({ extras }) => JSON.stringify(extras), stop: () => 'Stopped' },
  }),
}

async function setUp(t: Test) {
  const { app, open } = build(t, { blocks })
  const opened = await open('order')
  const tokenOf = (caption: string) => String((buttonOf(opened, caption) as Callback).payload?.state)
  return { token: tokenOf('Pay'), other: tokenOf('Stop'), send }

  async function send(payload: string, headers: Record<string, string> = {}) {
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/blocks/order/pay', payload, headers })
    return { status: statusCode, ...JSON.parse(body) }
  }
}

t.test('the seal is found however the body is written', async t => {
  const { token, send } = await setUp(t)
  for (const body of [
    `{"state":"${token}"}`,
    `\u{feff}{ "user_id" : 9007199254740993123,\n "state" \t: \n"${token}" , "input": null }`,
    `{"words":"{\\"state\\":\\"a.b.c\\"}","state":"${token}"}`,
    `{"home":{"state":"CA"},"list":[{"state":"1.2"}],"state":"${token}"}`,
  ]) {
    t.equal((await send(body)).status, 200, body)
  }
})

t.test('it must be the state of the body', async t => {
  const { token, other, send } = await setUp(t)
  for (const body of [
    `["state":"${token}"]`,
    `[{"state":"${token}"}]`,
    `{"inner":{"state":"${token}"}}`,
    `{"inner":{"state":"${token}"},"state":"${other}"}`,
    `{"inner":{"state":"${token}"},"state":5}`,
  ]) {
    const { status, code } = await send(body)
    t.ok((status === 401 && code === 'DYN_SEAL_REFUSED') || (status === 400 && code === 'DYN_BODY_NOT_JSON'), body)
  }
  t.match(await send(`{"state":"${token}","state":"${other}"}`), { status: 400, code: 'DYN_BODY_REFUSED' })
})

t.test('a body without a seal is not read: a stranger learns nothing about it', async t => {
  const { send } = await setUp(t)
  for (const body of ['{"a":', '{"state":5}', '[]', ' ', '{"__proto__":1}', '['.repeat(1000), '{"a":1,"a":2}']) {
    t.match(await send(body), { status: 401, code: 'DYN_SEAL_REFUSED', got: 'none' }, body)
    t.match(await send(body, { 'content-encoding': 'gzip', 'content-type': 'text/plain' }), { status: 401 }, body)
  }
})

t.test('behind a seal that holds, what is wrong with the body is told', async t => {
  const { token, send } = await setUp(t)
  const start = `{"state":"${token}"`
  const detail = new RegExp(`at position ${start.length + 5}\\.`)
  t.match(await send(`${start},"a":`), { status: 400, code: 'DYN_BODY_NOT_JSON', detail })
  t.match(await send(`${start},"a":`, { 'content-type': 'text/plain' }), { code: 'DYN_BODY_NOT_JSON', detail })
  t.match(await send(`${start}}`, { 'content-encoding': 'gzip' }), { status: 415, code: 'DYN_MEDIA_TYPE' })
  t.match(await send(`${start},"__proto__":1}`), { status: 400, code: 'DYN_BODY_REFUSED' })
})

t.test('no character of a seal can be another one', async t => {
  const { token, send } = await setUp(t)
  const last = token.at(-1) as string
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (const other of alphabet.replace(last, '')) {
    t.equal((await send(`{"state":"${token.slice(0, -1)}${other}"}`)).status, 401, other)
  }
  for (let at = 0; at < token.length; at += 17) {
    const changed = token[at] === 'A' ? 'B' : 'A'
    t.equal((await send(`{"state":"${token.slice(0, at)}${changed}${token.slice(at + 1)}"}`)).status, 401, String(at))
  }
  t.equal((await send(`{"state":"${token}"}`)).status, 200)
})
