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

t.test('texts: what is personal goes, wherever it stands', async t => {
  const ana = { first_name: 'Ana', last_name: 'O’Neill', name: 'Ana María O’Neill', ig_username: 'ana.m+n' }
  const { text } = maskOf({ ...ana, page_id: '1234567890' }, ['a-secret-of-the-settings', 'short'])
  for (const [real, gone] of [
    ['Ana', /Ana/],
    ['ANA, ana!', /ana/i],
    ['(María) O’Neill’s', /Mar|Neill/],
    ['@ana.m+n', /ana/],
    ['https://app.manychat.com/fb1234567890/chat/9007199254740993123', /1234567890|9007199254740993123/],
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

t.test('texts: the rest stays', async t => {
  const { text } = maskOf({ first_name: 'Ana' })
  for (const kept of [
    'Banana, Anaïs and 2026-01-05T10:00:00Z',
    'on 2026-01-05',
    '3 pieces, €22.50, at 10:30',
    'content20180221085508_278589',
    '123456',
    '',
  ]) {
    t.equal(text(kept), kept)
  }
})

t.test('names of scripts without spaces are found within a text', async t => {
  const { text } = maskOf({ first_name: '李雷' })
  t.notMatch(text('你好李雷，再见'), '李雷')
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
    API_KEY: '<secret>',
    profile_pic: '',
    list: [null, true, { user_ref: /^-\d{19}$/ }],
  })
  t.match(String(masked.order_id), /^\d{9}$/)
  t.match(String(masked.called), /^999\d{10}$/)
  t.equal(String(masked.page_id), fakes.id('1234567890'))
  t.notMatch(
    JSON.stringify(masked),
    /123456789\b|1234567890|9007199254740993123|4915123456789|1543835812530302162|canary/,
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
