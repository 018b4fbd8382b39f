import t from 'tap'
import { maskText } from '../../src/outbound/mask.ts'

const secrets = ['1234567890:0123456789abcdef0123456789abcdef']
const params = {
  subscriber_id: '9007199254740993123',
  data: {
    version: 'v2',
    content: {
      messages: [
        {
          type: 'text',
          text: 'Hi Ana, your biopsy result is here',
          buttons: [{ caption: 'No' }, { caption: 'a.b(c)' }, { caption: 'e-mail' }],
        },
      ],
      actions: [{ action: 'set_field_value', field_name: 'Size', value: 5550123 }],
    },
  },
  fields: null,
}
const cases: [said: string, masked: string][] = [
  ['Invalid text "Hi Ana, your biopsy result is here"', 'Invalid text "…"'],
  ['Invalid: hi ana, YOUR biopsy resu...', 'Invalid: …...'],
  ['Invalid: your biopsy\n  result &amp; more', 'Invalid:…&amp; more'],
  ['Token 1234567890:0123456789abcdef0123456789abcdef is wrong', 'Token … is wrong'],
  ['Token 1234567890:0123*** is wrong', 'Token …*** is wrong'],
  ['Not allowed: caption "No" or a.b(c)!', 'Not allowed: caption "…" or …!'],
  ['The caption e-mail is too long', 'The caption … is too long'],
  ['Value 5550123 is out of range', 'Value … is out of range'],
  ['Subscriber 9007199254740993123 has no field Size', 'Subscriber 9007199254740993123 has no field Size'],
  ['text messages of version v2 only', 'text messages of version v2 only'],
  ['İstanbul: Hi Ana, your biopsy', 'İstanbul: …'],
  [`${'x'.repeat(600)}`, `${'x'.repeat(500)}…`],
]

for (const [said, masked] of cases) t.equal(maskText(said, secrets, params), masked)
t.equal(maskText('nothing to mask', [], undefined), 'nothing to mask')

t.test('of a message without an end, the beginning is read, and no piece of an echo is left where it was cut', t => {
  const params = { data: { text: 'biopsy result', name: 'Bettina' } }
  const [key = ''] = secrets
  const long = 'biopsy result '.repeat(1000)
  t.notMatch(maskText(`${long}the rest`, [key], { text: long }), 'the rest')
  for (const echo of ['biopsy result', 'Bettina', key]) {
    for (let shown = 1; shown < 8; shown++) {
      // Only the echoes before it are masked whole, so what is left is short.
      const filling = 'biopsy result'.repeat(1000).slice(0, 10_000 - shown - 1)
      const masked = maskText(`${filling} ${echo}${'!'.repeat(20)}`, [key], params)
      t.notMatch(masked, new RegExp(`(?:${echo.slice(0, shown)})$`), `${shown} characters of ${echo}`)
    }
  }
  t.end()
})
