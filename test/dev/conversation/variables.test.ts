import t from 'tap'
import { createContact, toWire } from '../../../src/dev/conversation/contact.ts'
import { render, renderHeaders } from '../../../src/dev/conversation/variables.ts'
import { stringifyExact } from '../../../src/json/exact-json.ts'

const contact = createContact('instagram', { last_input_text: 'Hi "there"', phone: null })

const cases: [given: unknown, rendered: unknown][] = [
  ['{{user_id}}', '9007199254740993123'],
  ['{{last_input_text}}', 'Hi "there"'],
  ['Hi {{first_name}} {{last_name}}!', 'Hi Ana Ferreira!'],
  ['{{phone}}', ''],
  ['{{nonsense}}', '{{nonsense}}'],
  ['{{toString}}', '{{toString}}'],
  ['{{custom_fields}}', '{{custom_fields}}'],
  ['{{ user_id }}', '{{ user_id }}'],
  [{ a: ['{{page_id}}', 1, null, true] }, { a: ['1234567890123456789', 1, null, true] }],
]
for (const [given, rendered] of cases) {
  t.test(`${JSON.stringify(given)} becomes ${JSON.stringify(rendered)}`, async t => {
    t.strictSame(render(given, contact), rendered)
  })
}

t.test('the whole contact takes the place of its variable, ids as bare digits', async t => {
  const body = stringifyExact(render({ data: '{{full_contact_data}}' }, contact))
  t.match(body, '"id":9007199254740993123,')
  t.match(body, '"ig_id":17841400987654321,')
  t.match(body, '"page_id":1234567890123456789,')
  t.equal(toWire({ id: 'none' }).id, 'none')
})

t.test('headers have variables too', async t => {
  t.same(renderHeaders({ a: '{{user_id}}', b: 'x' }, contact), { a: contact.id, b: 'x' })
})

t.test('the fields of a contact show the channel', async t => {
  t.ok(createContact('whatsapp').whatsapp_phone)
  t.ok(createContact('instagram').ig_id)
  t.match(createContact('telegram', { id: '7' }), {
    id: '7',
    key: 'user:7',
    live_chat_url: /\/tg1234567890123456789\/chat\/7$/,
  })
})
