import t from 'tap'
import { addTag, removeTag, setField, unsetField } from '../../src/content/action.ts'
import { checkContent } from '../../src/content/check.ts'
import { stringifyExact } from '../../src/json/exact-json.ts'

const set = (value: unknown) => ({ action: 'set_field_value', field_name: 'Size', value })

t.test('each maker returns its wire shape', async t => {
  t.strictSame(addTag('ordered'), { action: 'add_tag', tag_name: 'ordered' })
  t.strictSame(removeTag('ordered'), { action: 'remove_tag', tag_name: 'ordered' })
  t.strictSame(unsetField('Size'), { action: 'unset_field_value', field_name: 'Size' })
  for (const value of ['S', '', '2018-03-25', 3.14, 0, true, false]) t.strictSame(setField('Size', value), set(value))
})

t.test('a Date becomes ISO 8601 in UTC', async t => {
  t.strictSame(setField('Size', new Date('2018-03-25T15:25:00.000+02:00')), set('2018-03-25T13:25:00.000Z'))
  t.throws(() => setField('Size', new Date('soon')), RangeError, 'a date that is none is refused where it is given')
})

t.test('a bigint stays exact, on the wire too', async t => {
  t.strictSame(setField('Size', 9007199254740993123n), set(9007199254740993123n))
  const content = checkContent({ messages: [], actions: [setField('Size', -9007199254740993123n)] })
  t.match(stringifyExact(content), '"value":-9007199254740993123}')
})

t.test('what they make is content', async t => {
  const actions = [addTag('a'), removeTag('b'), setField('c', 1n), setField('d', new Date(0)), unsetField('e')]
  const content = { messages: [], actions }
  t.strictSame(checkContent(content, { channel: 'messenger', onWarning: t.fail }), content)
})

t.test('a number that is none is refused', async t => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    t.throws(() => checkContent({ messages: [], actions: [setField('Size', value)] }), {
      message: `/actions/0/value (value): This must be text, a number, a boolean or a bigint; got ${value}.`,
    })
  }
})
