import t from 'tap'
import { defineBlock } from '../../src/blocks/define.ts'
import { ana, build, buttonOf, post, stateKey } from '../helper.ts'

const next = 'the-secret-that-takes-its-place-in-32'
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })
const steps = { next: () => 'Well done' }
const blocks = {
  talk: defineBlock({ open: ({ tap }) => ({ type: 'text', text: 'Hi', buttons: [tap('Go on', 'next')] }), steps }),
}

t.test('R1: the old webhook secret and the new one hold side by side', async t => {
  const both = build(t, { config: { webhookSecrets: [next, 'the-old-one'] }, blocks })
  for (const secret of [next, 'the-old-one']) {
    t.equal((await post(both.app, '/blocks/talk', ana, bearer(secret))).status, 200)
  }
  const after = build(t, { config: { webhookSecrets: [next] }, blocks })
  t.equal((await post(after.app, '/blocks/talk', ana, bearer('the-old-one'))).status, 401)
})

t.test('R2: buttons of the old state key work while it is listed, new ones have the new key', async t => {
  const old = build(t, { blocks })
  const both = build(t, { config: { stateKeys: [next, stateKey] }, blocks })
  const after = build(t, { config: { stateKeys: [next] }, blocks })
  const [oldButton, newButton] = [buttonOf(await old.open('talk'), 'Go on'), buttonOf(await both.open('talk'), 'Go on')]
  t.equal((await both.enter(oldButton)).shown, 'Well done')
  t.equal((await both.enter(newButton)).shown, 'Well done')
  t.equal((await after.enter(newButton)).shown, 'Well done')
  t.equal((await after.enter(oldButton)).status, 401)
})

t.test('R3: the old API token and the new one hold side by side', async t => {
  const both = build(t, { config: { apiTokens: [next, 'the-old-one'] } })
  for (const token of [next, 'the-old-one']) {
    t.not((await both.app.inject({ url: '/sends', headers: bearer(token) })).statusCode, 401)
  }
  const after = build(t, { config: { apiTokens: [next] } })
  t.equal((await after.app.inject({ url: '/sends', headers: bearer('the-old-one') })).statusCode, 401)
})
