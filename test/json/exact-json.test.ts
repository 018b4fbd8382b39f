import t from 'tap'
import { brokenAt, parseBigints, parseExact, stringifyExact } from '../../src/json/exact-json.ts'

const digits = '9876543210987654321098765'

t.test('whole numbers of 16 digits and more become strings, shorter ones stay numbers', async t => {
  for (let width = 1; width <= 25; width++) {
    for (const id of [digits.slice(0, width), `-${digits.slice(0, width)}`]) {
      const expected = width < 16 ? Number(id) : id
      t.strictSame(parseExact(`{"id":${id}}`), { id: expected }, `${id} as a member`)
      t.strictSame(parseExact(`{"a":1,"id" :\n\t ${id} ,"b":2}`), { a: 1, id: expected, b: 2 }, `${id} among space`)
      t.strictSame(parseExact(`[${id}, ${id}]`), [expected, expected], `${id} in a list`)
      t.strictSame(parseExact(`{"a":[{"b":[1,\n${id}]}]}`), { a: [{ b: [1, expected] }] }, `${id} deep inside`)
      t.strictSame(parseExact(` ${id} `), expected, `${id} alone`)
    }
  }
})

t.test('digits in strings are left alone', async t => {
  const texts = [
    digits,
    `: ${digits}`,
    `":${digits}`,
    `x": ${digits}, y`,
    `x\\": ${digits}`,
    `","id":${digits},"`,
    `[${digits}]`,
    `, ${digits}`,
    `{"id":${digits}}`,
    `a\\`,
    '\u2028 "\n',
  ]
  for (const text of texts) {
    const value = { [text]: text, id: 1, list: [text] }
    t.strictSame(parseExact(JSON.stringify(value)), value, text)
    const withId = JSON.stringify(value).replace('"id":1', `"id":${digits}`)
    t.strictSame(parseExact(withId), { ...value, id: digits }, `${text} beside an id`)
  }
})

t.test('a string that looks like a member keeps its text, and the id beside it its digits', async t => {
  t.strictSame(parseExact('{"say":"x\\": 12345678901234567, y","id":12345678901234567}'), {
    say: 'x": 12345678901234567, y',
    id: '12345678901234567',
  })
})

t.test('a key may end in a backslash or a quote', async t => {
  t.strictSame(parseExact(`{"a\\\\":${digits},"b\\"":${digits}}`), { 'a\\': digits, 'b"': digits })
})

t.test('fractions and exponents stay numbers', async t => {
  for (const number of ['12345678901234567.5', '1234567890123456.0', '1234567890123456e2', '12345678901234567E-3']) {
    t.strictSame(parseExact(`{"a":${number}}`), { a: Number(number) }, number)
    t.strictSame(parseExact(`[${number},${digits}]`), [Number(number), digits], `${number} in a list`)
  }
  t.strictSame(parseExact('{"a":0.12345678901234567890}'), { a: Number('0.12345678901234567890') })
})

t.test('what JSON.parse refuses is refused', async t => {
  const broken = [
    '',
    '{',
    '{"id":}',
    `{"id":${digits}`,
    `{"id":${digits},}`,
    `{"id":0${digits}}`,
    `{"id":-0${digits}}`,
    `{"id":+${digits}}`,
    `{"id":${digits}n}`,
    `{"id":${digits}."}`,
    `{"id" ${digits}}`,
    `{id:${digits}}`,
    `{${digits}:1}`,
    `{"a":"b":${digits}}`,
    `[0${digits}]`,
    `[${digits} ${digits}]`,
    `0${digits}`,
    `{"a":"\n","id":${digits}}`,
    `'${digits}'`,
  ]
  for (const text of broken) {
    t.throws(() => JSON.parse(text), SyntaxError, `JSON.parse refuses ${text}`)
    t.throws(() => parseExact(text), SyntaxError, text)
  }
})

t.test('text without long numbers is read by JSON.parse', async t => {
  for (const text of ['null', '"a"', '[]', '{"__proto__":1,"a":[1.5,true]}']) {
    t.strictSame(parseExact(text), JSON.parse(text), text)
  }
})

t.test('numbers past 2^53 become bigints where they must be told from text', async t => {
  t.strictSame(
    parseBigints('{"a":9007199254740993,"b":[-9007199254740993123,"9007199254740993"],"c":9007199254740991}'),
    {
      a: 9007199254740993n,
      b: [-9007199254740993123n, '9007199254740993'],
      c: 9007199254740991,
    },
  )
  for (const text of ['0', '-1.5', '1e3', '1e300', '9007199254740993.5', 'null', '"a"', '{"a":1,"a":2}']) {
    t.strictSame(parseBigints(text), JSON.parse(text), text)
  }
  t.throws(() => parseBigints('{"a":}'), SyntaxError)
  t.throws(() => parseBigints(''), SyntaxError)
})

t.test('a bigint is written as bare digits', async t => {
  t.equal(stringifyExact({ id: 9007199254740993123n, list: [-1n, 'a'] }), '{"id":9007199254740993123,"list":[-1,"a"]}')
  t.equal(stringifyExact({ id: '9007199254740993123', n: 1 }), '{"id":"9007199254740993123","n":1}')
})

t.test('what JSON has no form for still throws', async t => {
  const circle: Record<string, unknown> = {}
  circle.self = circle
  t.throws(() => stringifyExact(circle), TypeError)
})

t.test('broken JSON is located', async t => {
  const places: [text: string, place: number][] = [
    ['', 0],
    ['{"id":}', 6],
    ['{"id":1,}', 8],
    ["{'id':1}", 1],
    ['{"id":1}}', 8],
    ['{"id":"a', 8],
    ['{"id":01}', 7],
    ['[1 2]', 3],
    ['{"id":1,"id":2,}', 15],
    [`{"say":"at position 3","id":${digits},}`, 54],
  ]
  for (const [text, place] of places) t.equal(brokenAt(text), place, text)
})

t.test('sound JSON is broken nowhere, and what is too deep to look into has no place', async t => {
  for (const text of ['{"id":1}', '{"id":1,"id":2}', `[${digits}]`]) t.equal(brokenAt(text), null, text)
  t.equal(brokenAt('['.repeat(1e5)), null)
})
