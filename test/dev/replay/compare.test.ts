import t from 'tap'
import { isAsRecorded } from '../../../src/dev/record/fakes.ts'
import { compare, renew } from '../../../src/dev/replay/compare.ts'

t.test('what stands for something in a record may be anything of its kind', async t => {
  for (const [recorded, now, same] of [
    ['Hi', 'Hi', true],
    ['Hi', 'Ho', false],
    ['Call +9 991 234 5678 (now)', 'Call +1 800 555 0100 (now)', true],
    ['Call +9 991 234 5678 (now)', 'Call +1 800 555 0100 (later)', false],
    ['Call 9991234567', 'Call us', false],
    ['To person-0a1b2c3d@example.com.', 'To help@shop.test.', true],
    ['To person-0a1b2c3d@example.com.', 'To whom.', false],
    ['Bearer <secret>', 'Bearer abc\ndef', true],
    ['the <word>, Anne-Marie (9)', 'the market, Anne-Marie (9)', true],
    ['the <word>', 'the big market', false],
    ['To person-0a1b2c3d@example.com', 'To help＠shop.test', true],
    ['Call 999-123-4567', 'Call ٠٥٠ – ١٢٣ – ٤٥٦٧', true],
    ['<secret>', '', true],
    ['<secret> and 999 123 4567', 'x and 555 123 4567', true],
    [999123456, 555123456, true],
    [999123456, '555123456', false],
    [12, 13, false],
    ['1', null, false],
    [null, null, true],
  ] as const) {
    t.equal(isAsRecorded(recorded, now), same, `${recorded} → ${now}`)
  }
})

t.test('differences, by JSON pointers', async t => {
  t.same(compare({ a: [1, { 'b/c~': 2 }], d: 4 }, { a: [1, { 'b/c~': 3 }, 5], e: 6 }, ''), [
    { path: '/a/1/b~1c~0', expected: 2, got: 3 },
    { path: '/a/2', got: 5 },
    { path: '/d', expected: 4 },
    { path: '/e', got: 6 },
  ])
  t.same(compare({ version: 'v2' }, { failed: 'refused' }, '/x'), [
    { path: '/x', expected: { version: 'v2' }, got: { failed: 'refused' } },
  ])
  t.same(compare({}, { a: 1 }, ''), [{ path: '/a', got: 1 }])
  t.same(compare([], {}, '/x'), [{ path: '/x', expected: [], got: {} }])
  t.same(compare({ a: null }, { a: null }, ''), [])
})

t.test('what is renewed still hides what was hidden', async t => {
  const recorded = [{ text: 'Call 999 123 4567', tag: 'old', gone: 1 }]
  const now = [{ text: 'Call 555 123 4567', tag: 'new', more: { x: 1 } }, 'last']
  t.same(renew(recorded, now), [{ text: 'Call 999 123 4567', tag: 'new', more: { x: 1 } }, 'last'])
  t.same(renew('text', [1]), [1])
})
