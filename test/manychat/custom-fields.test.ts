import t from 'tap'
import { formatFieldValue, readCustomFields } from '../../src/manychat/custom-fields.ts'
import type { FieldType } from '../../src/manychat/params.ts'

t.test('a list and an object make the same map', async t => {
  const list = [{ id: '1', name: 'Size', type: 'text', value: 'L' }, { id: '2', name: 'Age' }, { id: '3' }, null]
  t.strictSame([...readCustomFields(list)], [...readCustomFields({ Size: 'L', Age: null })])
  for (const nothing of [null, undefined, 'text', 7]) t.equal(readCustomFields(nothing).size, 0)
})

const moment = new Date('2018-07-02T01:02:03.456Z')
const accepted: [FieldType, unknown, unknown][] = [
  ['text', '', ''],
  ['text', 42, '42'],
  ['text', 9007199254740993123n, '9007199254740993123'],
  ['number', 3.14, 3.14],
  ['number', '-3.14', -3.14],
  ['number', '9007199254740993123', 9007199254740993123n],
  ['number', 1n, 1n],
  ['boolean', false, false],
  ['boolean', 'true', true],
  ['boolean', 'false', false],
  ['date', '2018-07-18', '2018-07-18'],
  ['date', moment, '2018-07-02'],
  ['datetime', moment, '2018-07-02T01:02:03+00:00'],
  ['datetime', '2018-03-25T13:25:00.000Z', '2018-03-25T13:25:00+00:00'],
  ['datetime', '2018-03-25T13:25+02:00', '2018-03-25T11:25:00+00:00'],
]
for (const [type, value, formatted] of accepted) {
  t.equal(formatFieldValue(type, value), formatted, `${type} from ${typeof value} ${value}`)
}

const refused: [FieldType, unknown, string][] = [
  ['text', true, 'true'],
  ['text', moment, 'a Date'],
  ['text', 2 ** 60, 'a number too large to be exact'],
  ['number', 'many', 'other text'],
  ['number', '', 'empty text'],
  ['number', Number.NaN, 'another number'],
  ['number', '1e5', 'other text'],
  ['boolean', 1, 'another number'],
  ['boolean', null, 'null'],
  ['date', '2018-02-30', 'other text'],
  ['date', '18.07.2018', 'other text'],
  ['date', new Date(Number.NaN), 'an invalid Date'],
  ['date', [1], 'a list of 1'],
  ['datetime', '2018-07-02T00:00:00', 'other text'],
  ['datetime', '2018-02-30T00:00:00Z', 'other text'],
  ['datetime', '2018-07-02T25:00:00Z', 'other text'],
  ['datetime', new Date('+010000-01-01T00:00:00Z'), 'a Date'],
  ['datetime', {}, 'another object'],
  ['datetime', () => 1, 'a function'],
]
for (const [type, value, got] of refused) {
  t.throws(() => formatFieldValue(type, value), { code: 'DYN_FIELD_VALUE', message: new RegExp(`got ${got}\\.$`) }, got)
}
