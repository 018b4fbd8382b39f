import t from 'tap'
import { type CallRecord, restoreCall, storeCall } from '../../src/calls/record.ts'
import { stillLeads } from '../../src/calls/state.ts'
import { defineBlock, Type } from '../../src/index.ts'
import { readBody } from '../../src/webhook/body.ts'

const record: CallRecord = {
  id: 'call-1',
  block: 'size',
  step: 'sized',
  state: { at: 1_700_000_000_000_000, order: '9007199254740993123', price: 2.5, far: 1e21, none: null },
  contact: { id: '9007199254740993123', first_name: 'Ana', custom_fields: { since: 1_700_000_000_000_000 } },
  page: '1234567890123456789',
  channel: 'whatsapp',
  input: '12345678901234567890',
  extras: { order: { id: '9007199254740993123', lines: [1, -9007199254740991] } },
  listener: {
    block: 'size',
    step: 'other',
    contact: '9007199254740993123',
    channel: 'whatsapp',
    exp: 1_800_000_000,
    listen: 300,
    choices: [
      ['Small', 'sized', { at: 1_700_000_000_000_000 }],
      ['Help', null],
    ],
    menu: 'Which size?',
  },
}

t.test('a stored call comes back with every digit and every type', async t => {
  t.strictSame(restoreCall(storeCall(record)), record)
  const opened: CallRecord = { ...record, step: null, state: undefined, page: null, input: null, listener: undefined }
  t.match(restoreCall(storeCall(opened)), { step: null, page: null, input: null })
  t.strictSame(restoreCall(storeCall(restoreCall(storeCall(opened)))), restoreCall(storeCall(opened)))
})

t.test('so does what a body held', async t => {
  const extras = readBody('{"n":1700000000000000,"text":"1700000000000000","few":17,"text_of_json":"{\\"n\\":1}"}')
  const held = { ...record, extras: extras as CallRecord['extras'] }
  t.strictSame(restoreCall(storeCall(held)).extras, extras)
})

t.test('an integer that a number cannot hold keeps its digits', async t => {
  const state = { big: 9007199254740993123n, negative: -9007199254740993123n, rounded: 2 ** 60 }
  const text = storeCall({ ...record, state })
  t.match(text, '"big":9007199254740993123')
  t.strictSame(restoreCall(text).state, state)
  t.equal(storeCall(restoreCall(text)), text)
})

t.test('a call that version 0.1.0 stored is read', async t => {
  const { block: name, ...rest } = record
  t.strictSame(restoreCall(JSON.stringify({ name, ...rest })), record)
})

t.test('anything else is refused, without what it holds', async t => {
  const { contact: _, ...anonymous } = record
  for (const [what, text, got] of [
    ['no JSON', '{"canary', 'text that is not JSON'],
    ['null', 'null', 'another at /'],
    ['a list', '[]', 'another at / (object expected)'],
    ['a call without a contact', storeCall(anonymous as CallRecord), 'another at /contact'],
    ['a contact without an id', storeCall({ ...record, contact: {} as CallRecord['contact'] }), 'at /contact/id'],
    ['another channel', JSON.stringify({ ...record, channel: 'canary' }), 'another at /channel'],
    ['a page of another type', JSON.stringify({ ...record, page: 5 }), 'another at /page'],
    ['a listener of another shape', JSON.stringify({ ...record, listener: { canary: 1 } }), 'another at /listener'],
  ] as const) {
    const error = t.throws(() => restoreCall(text), { code: 'DYN_CALL_UNREADABLE' }, what) as Error
    t.match(error.message, got, what)
    t.notMatch(error.message, /canary/)
  }
})

t.test('a call leads on while the block has its step and takes its state', async t => {
  const block = defineBlock({
    states: { sized: Type.Object({ at: Type.Integer() }) },
    open: () => 'Hi',
    steps: { sized: () => 'Sized', plain: () => 'Plain' },
  })
  const leads = (changes: Partial<CallRecord>) => stillLeads(block, { ...record, ...changes })
  t.ok(leads({}))
  t.ok(leads({ step: null, state: undefined }))
  t.ok(leads({ step: 'plain', state: undefined }))
  t.ok(leads({ step: '~menu', state: undefined }), 'a menu asks again')
  t.ok(leads({ step: '~silent', state: undefined }))
  t.notOk(leads({ step: '~menu', listener: undefined }))
  t.notOk(leads({ state: { at: 'noon' } }), 'the shape of its state has changed')
  t.notOk(leads({ state: undefined }))
  t.notOk(leads({ step: 'plain' }), 'it takes a state no more')
  t.notOk(leads({ step: 'gone' }))
  t.notOk(leads({ step: 'toString' }))
})
