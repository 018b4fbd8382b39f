import fc from 'fast-check'
import t from 'tap'
import type { Contact } from '../../../src/blocks/contact.ts'
import { readFixture } from '../../../src/dev/conversation/fixture.ts'
import { createFakes } from '../../../src/dev/record/fakes.ts'
import { createMask } from '../../../src/dev/record/mask.ts'
import { readDoc } from '../../docs.ts'

const fakes = createFakes('a key of this test')

function maskOf(contact: Partial<Contact>, secrets: string[] = []) {
  return createMask({ fakes, secrets, contact: { id: '9007199254740993123', ...contact } })
}

t.test('a long text takes no longer than its letters', async t => {
  const { text } = maskOf({ first_name: 'aaa', last_name: 'Ana-Ana', ig_username: '1.1' })
  const word = 'b'.repeat(1_000_000)
  t.equal(text(word), word)
  t.notMatch(text(`${word}@private.test`), /private/)
  for (const part of [
    'a',
    'ana',
    'a-',
    'a.',
    'a@',
    '@a.',
    '1',
    '1 ',
    '+(',
    ' ',
    '%',
    '&#',
    'é',
    '10.30-',
    '2026-01-05',
  ]) {
    t.type(text(part.repeat(20_000)), 'string', part)
  }
})

t.test('texts: what is personal goes, wherever it stands', async t => {
  const ana = { first_name: 'Ana', last_name: 'O’Neill', name: 'Ana María O’Neill', ig_username: 'ana.m+n' }
  const { text } = maskOf({ ...ana, page_id: '1234567890' }, ['a-secret-of-the-settings', 'short'])
  for (const [real, gone] of [
    ['Ana', /Ana/],
    ['ANA, ana!', /ana/i],
    ['(María) O’Neill’s', /Mar|Neill/],
    ['@ana.m+n', /ana/],
    ['https://app.manychat.com/fb1234567890/chat/9007199254740993123', /1234567890|9007199254740993123/],
    ['0151-23-45678 and 0151-2345-67', /\d{4}-23|45678|2345|0151/],
    ['call 0151 2345678 or (555) 123-4567', /2345678|4567/],
    ['+4915123456789', /15123456789/],
    ['wa.me/4915123456789', /15123456789/],
    ['mail ana@private.test.', /ana|private/],
    ['id 123456789012345678', /123456789012345678/],
    ['the a-secret-of-the-settings', /secret-of/],
  ] as const) {
    const masked = text(real)
    t.notMatch(masked, gone, `${real} → ${masked}`)
    t.equal(text(real), masked, 'always the same')
  }
  t.equal(text('ANA'), text('Ana').toUpperCase())
  t.equal(text('ana'), text('Ana').toLowerCase())
})

t.test('a name with a hyphen', async t => {
  const { text } = maskOf({ first_name: 'Anne-Marie', last_name: 'Lloyd-Jones' })
  t.notMatch(text('Hi Anne-Marie Lloyd-Jones!'), /Anne|Marie|Lloyd|Jones/)
})

t.test('texts: the rest stays', async t => {
  const { text } = maskOf({ first_name: 'Ana' })
  for (const kept of [
    'Banana, Susana and 2026-01-05T10:00:00Z',
    'on 2026-01-05, 5/1/2026 or 31.12.2026',
    'open 9.30 - 18.00 and 9.30-18.00',
    'me@home, @shop, see you @ 5.30 and 100 % %zz &#; %c3%28',
    '3 pieces, €22.50, at 10:30',
    '1,234,567 or 123,456,789 at home dot',
    'content20180221085508_278589',
    '123456',
    '',
  ]) {
    t.equal(text(kept), kept)
  }
})

t.test('names of several words, as a whole and each', async t => {
  const { text, value } = maskOf({ first_name: 'Ana  María', last_name: 'de la Cruz', name: 'Li Bo' })
  for (const real of ['María', 'CRUZ', 'ana']) t.notMatch(text(`Hi ${real}`), new RegExp(real, 'i'))
  t.equal(text('la casa de Pedro'), 'la casa de Pedro')
  t.notMatch(JSON.stringify(value({ name: 'Li Bo' })), /Li|Bo"/)
  t.same(maskOf({ first_name: 7 as never, name: ' ' }).text('7'), '7')
})

t.test('names of scripts without spaces are found within a text', async t => {
  const { text } = maskOf({ first_name: '李雷' })
  t.notMatch(text('你好李雷，再见'), '李雷')
})

t.test('a word that may be a form of the name is left out, and that is told', async t => {
  let told = 0
  const contact = { id: '9007199254740993123', first_name: 'Mark', last_name: 'L', name: 'Mark L 🦄' }
  const { text } = createMask({ fakes, secrets: [], contact, onUnsure: () => void told++ })
  for (const [given, masked] of [
    ['the market', 'the <word>'],
    ['Marks and Denmark', '<word> and <word>'],
    ['size L, 🦄', `size <word>, ${fakes.lastName('🦄')}`],
    ['remarkable', 'remarkable'],
  ] as const) {
    t.equal(text(given), masked)
  }
  t.equal(told, 3)
})

t.test('a text in which a name is close to others keeps them', async t => {
  const { text } = maskOf({ first_name: 'Ana', last_name: 'García Lorca', name: 'Ana García' })
  t.match(text('AnaGarcía, García Ana'), /^\w+ \w+, \w+ \w+$/)
  t.match(text('gar cia'), /^[a-z]+$/, 'a space too many')
  t.equal(text('an apple, an a-la-carte'), 'an apple, an a-la-carte')
  t.equal(text('a big arc: I am'), 'a big arc: I am')
  t.equal(maskOf({ last_name: '이' }).text('있어요, 일'), '있어요, 일')
  t.equal(maskOf({ first_name: 'Ken' }).text('I know ^ `knees`'), 'I know ^ `knees`')
})

t.test('any name is gone from any text', async t => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
  const text = fc.string({ unit: 'binary', maxLength: 60 })
  const property = fc.property(name, text, text, (first_name, before, after) => {
    const masked = maskOf({ first_name }).text(`${before} ${first_name} ${after}`)
    return !/\p{L}{3}/u.test(first_name) || !masked.includes(` ${first_name} `)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
})

t.test('values: by the name under which they stand', async t => {
  const { value } = maskOf({ page_id: '1234567890' })
  const masked = value({
    id: '9007199254740993123',
    order_id: 123456789,
    page_id: 1234567890,
    small_id: 7,
    sku_id: 'shirt-1',
    WhatsApp_Phone: '12345',
    amount: 123456,
    called: 4915123456789,
    phone: 2345678,
    pin_token: 1234,
    'Phone number': '٢٣٤٥',
    email: 'ana, at private',
    '+49 151 23456789': { 'ana@private.test': 1 },
    tokens: { first: 'canary' },
    balance: -4915123456789,
    share: 0.5,
    API_KEY: 'canary',
    profile_pic: '',
    list: [null, true, { user_ref: '-1543835812530302162' }],
  }) as Record<string, unknown>
  t.match(masked, {
    id: /^\d{19}$/,
    small_id: 7,
    sku_id: 'shirt-1',
    WhatsApp_Phone: /^999\d\d$/,
    amount: 123456,
    share: 0.5,
    pin_token: '<secret>',
    'Phone number': /^999\d$/,
    email: /^person-/,
    tokens: '<secret>',
    API_KEY: '<secret>',
    profile_pic: '',
    list: [null, true, { user_ref: /^-\d{19}$/ }],
  })
  t.match(String(masked.order_id), /^\d{9}$/)
  t.match(String(masked.called), /^999\d{10}$/)
  t.match(String(masked.phone), /^999\d{4}$/)
  t.match(String(masked.balance), /^-999\d{10}$/)
  t.equal(String(masked.page_id), fakes.id('1234567890'))
  t.notMatch(
    JSON.stringify(masked),
    /123456789\b|2345678|private|1234567890|9007199254740993123|4915123456789|1543835812530302162|canary/,
  )
})

t.test('ids keep their length, and differ as the real ones do', async t => {
  const ids = Array.from({ length: 500 }, (_, i) => `90071992547409${String(i).padStart(5, '0')}`)
  const made = ids.map(fakes.id)
  t.equal(new Set(made).size, 500)
  for (const id of made) t.match(id, /^[1-9]\d{18}$/)
  t.equal(
    createFakes('another key').id('55') === fakes.id('55') && createFakes('a third').id('55') === fakes.id('55'),
    false,
  )
})

t.test('the file of docs/recording.md is one', async t => {
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(readDoc('recording.md')) ?? []
  t.ok(readFixture(JSON.parse(json)))
})
