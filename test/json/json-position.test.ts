import t from 'tap'
import { positionAt, positionOf } from '../../src/json/json-position.ts'

const text = `
{
  "messages": [
    { "type": "text", "text": "say \\"}, [{\\": 1" },
    7, null, [
      true, -1.5e3,
      {}
    ]
  ],
  "a/b~c": { "é\\u0041": { "": 1 } }, "twice": 1,
  "twice" : { "x": 1 }
}
`

t.test('a pointer leads to the key of a member, or to an element', async t => {
  const places: [pointer: string, line: number, column: number][] = [
    ['', 2, 1],
    ['/messages', 3, 3],
    ['/messages/0', 4, 5],
    ['/messages/0/type', 4, 7],
    ['/messages/0/text', 4, 23],
    ['/messages/1', 5, 5],
    ['/messages/2', 5, 8],
    ['/messages/3', 5, 14],
    ['/messages/3/0', 6, 7],
    ['/messages/3/1', 6, 13],
    ['/messages/3/2', 7, 7],
    ['/a~1b~0c', 10, 3],
    ['/a~1b~0c/éA', 10, 14],
    ['/a~1b~0c/éA/', 10, 27],
    ['/twice', 11, 3],
    ['/twice/x', 11, 15],
  ]
  for (const [pointer, line, column] of places) t.same(positionOf(text, pointer), { line, column }, pointer)
})

t.test('what is not there is looked for around it', async t => {
  t.same(positionOf(text, '/messages/0/url'), { line: 4, column: 5 })
  t.same(positionOf(text, '/messages/9/a/b'), { line: 3, column: 3 })
  t.same(positionOf(text, '/nothing'), { line: 2, column: 1 })
})

t.test('a text may be one value, or none', async t => {
  t.same(positionOf('"a"', ''), { line: 1, column: 1 })
  t.same(positionOf(' [1]', '/0'), { line: 1, column: 3 })
  t.same(positionOf('  ', '/a'), { line: 1, column: 3 })
})

t.test('lines end by \\n, with or without \\r', async t => {
  t.same(positionAt('', 0), { line: 1, column: 1 })
  t.same(positionAt('ab', 2), { line: 1, column: 3 })
  t.same(positionAt('a\r\nb', 3), { line: 2, column: 1 })
  t.same(positionAt('a\n', 2), { line: 2, column: 1 })
})
