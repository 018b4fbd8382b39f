import t from 'tap'
import { startCall } from '../../src/calls/running.ts'
import { stateProblem } from '../../src/calls/state.ts'
import { defineBlock, Type, text } from '../../src/index.ts'
import { noRooms } from '../contacts/no-rooms.ts'
import { ana, build, buttonOf } from '../helper.ts'

const block = defineBlock({
  states: { sized: Type.Object({ size: Type.String(), more: Type.Optional(Type.Array(Type.Integer())) }) },
  open: () => 'Hi',
  steps: { sized: ({ state }) => state.size, plain: () => 'Plain' },
})

const channel = 'messenger' as const
const fail = (message: string) => {
  throw new Error(message)
}

/** The verbs without types, as JavaScript calls them. */
function loose() {
  const contact = { id: '7' }
  const record = { id: 'x', block: 'block', step: null, contact, page: null, channel, input: null, extras: {} }
  const tools = {
    publicUrl: 'https://blocks.test/some/path',
    rooms: noRooms,
    sign: (claims: object) => JSON.stringify(claims),
    now: () => 1_000_500,
    clientFor: () => fail('no client is asked for'),
    log: { child: () => fail('nothing is logged') },
  }
  const { call: verbs } = startCall(record, { block, attempt: 1, tools })
  return verbs as unknown as Record<'tap' | 'tapReply' | 'listen', (...args: unknown[]) => Record<string, unknown>>
}

t.test('what is sealed is what a step needs and no more', async t => {
  const { tap, tapReply } = loose()
  for (const verb of [tap, tapReply]) {
    const { payload, ...callback } = verb('Small', 'sized', { size: 'S' })
    t.same(callback, {
      type: 'dynamic_block_callback',
      caption: 'Small',
      url: 'https://blocks.test/some/path/blocks/block/sized',
      method: 'post',
    })
    const { state, ...rest } = payload as { state: string }
    t.same(rest, { user_id: '{{user_id}}', input: '{{last_input_text}}' })
    t.same(JSON.parse(state), {
      block: 'block',
      step: 'sized',
      state: { size: 'S' },
      contact: '7',
      channel: 'messenger',
      exp: 1000 + 2_592_000,
    })
  }
})

t.test('a listener waits as long as it says, else as long as ManyChat does', async t => {
  const { listen } = loose()
  const waits = (callback: Record<string, unknown>) => ({
    timeout: callback.timeout,
    exp: JSON.parse((callback.payload as { state: string }).state).exp,
  })
  t.same(waits(listen('plain')), { timeout: undefined, exp: 1000 + 86_400 + 60 })
  t.same(waits(listen('plain', undefined, { timeoutSeconds: 1 })), { timeout: 1, exp: 1000 + 1 + 60 })
  t.same(waits(listen('sized', { size: 'S' }, { timeoutSeconds: 600 })).timeout, 600)
})

t.test('a time that ManyChat refuses is refused before', async t => {
  for (const timeoutSeconds of [0, -1, 86_401, 1.5]) {
    const waiting = defineBlock({
      open: ({ listen }) => ({ external_message_callback: listen('next', undefined, { timeoutSeconds }) }),
      steps: { next: () => 'Next' },
    })
    const { open, lines } = build(t, { blocks: { waiting } })
    t.match((await open('waiting')).shown, /^Sorry/)
    t.match(lines('error'), [{ problem: /callback-timeout/ }], `${timeoutSeconds}`)
  }
})

t.test('a state of another shape is refused when it is sealed, without its values', async t => {
  const { tap, tapReply, listen } = loose()
  for (const [step, state, got] of [
    ['sized', undefined, 'no state'],
    ['sized', {}, 'another at /size'],
    ['sized', { size: 5 }, 'another at /size (string expected)'],
    ['sized', { size: 'S', more: ['canary'] }, 'another at /more/0 (integer expected)'],
    ['sized', 'canary', 'another at / (object expected)'],
    ['sized', null, 'another at / (object expected)'],
    ['plain', { size: 'canary' }, 'a state, though none is declared'],
    ['plain', null, 'a state, though none is declared'],
  ] as const) {
    for (const seal of [() => tap('Go', step, state), () => tapReply('Go', step, state), () => listen(step, state)]) {
      const error = t.throws(seal, { code: 'DYN_STATE_INVALID' }) as Error
      t.match(error.message, `for step "${step}"`)
      t.match(error.message, got)
      t.notMatch(error.message, /canary/)
    }
  }
})

t.test('a step that does not exist is refused, and the others are named', async t => {
  const { tap, listen } = loose()
  for (const step of ['named', 'toString', undefined]) {
    t.throws(() => tap('Go', step), {
      code: 'DYN_STEP_MISSING',
      message: `no step "${step}"; its steps are sized, plain.`,
    })
    t.throws(() => listen(step), { code: 'DYN_STEP_MISSING' })
  }
})

t.test('what a schema says of a value it has not is told in words', async t => {
  const picky = defineBlock({
    states: { one: Type.Union([Type.Literal('a'), Type.Literal('b')]) },
    open: () => 'Hi',
    steps: { one: () => 'One' },
  })
  t.equal(stateProblem(picky, 'one', 'a'), undefined)
  t.equal(stateProblem(picky, 'one', 'canary'), 'another at / (value expected)')
})

t.test('state of every kind survives the way', async t => {
  for (const state of [
    { text: 'ünï 😀 "\\' },
    [1, 2.5, null],
    'text',
    0,
    false,
    '',
    { deep: { er: ['9007199254740993123'] } },
  ]) {
    const { open, tap } = build(t, {
      blocks: {
        echo: defineBlock({
          states: { back: Type.Unknown() },
          open: call => text('Go', [call.tap('Go', 'back', state)]),
          steps: { back: call => JSON.stringify(call.state) },
        }),
      },
    })
    t.equal((await tap(await open('echo'), 'Go')).shown, JSON.stringify(state))
  }
})

t.test('no secret goes out with a callback', async t => {
  const { open } = build(t, {
    blocks: { go: defineBlock({ open: ({ tap }) => text('Go', [tap('Go', 'go')]), steps: { go: () => 'Gone' } }) },
    config: { webhookSecrets: ['the-webhook-secret'], stateKeys: ['the-key-that-signs-what-goes-out'] },
  })
  const opened = await open('go', ana, { authorization: 'Bearer the-webhook-secret' })
  t.ok(buttonOf(opened, 'Go'))
  t.notMatch(opened.text, /the-webhook-secret|the-key-that-signs/)
})
