/** Tests a module of the page in Node, since it is plain JavaScript. */
import t from 'tap'

const page = new URL('../../../src/dev/simulator/page/json-lines.js', import.meta.url)
const { jsonLines, nearest, unseal } = await import(page.href)

interface Line {
  depth: number
  key: string
  value: string
  after: string
  pointer?: string
}

const shown = (text: string) =>
  jsonLines(text).map(({ depth, key, value, after }: Line) => `${' '.repeat(depth)}${key}${value}${after}`)

t.test('JSON is laid out as it came, ids to the digit', async t => {
  t.same(shown('{"id":9007199254740993123,"list":[1,[],{}],"text":"a, \\"b\\": [}"}'), [
    '{',
    ' "id": 9007199254740993123,',
    ' "list": [',
    '  1,',
    '  [],',
    '  {}',
    ' ],',
    ' "text": "a, \\"b\\": [}"',
    '}',
  ])
  t.same(shown('-1.5e3'), ['-1.5e3'])
  t.equal(jsonLines('<html>'), undefined)
})

t.test('each value has its pointer', async t => {
  const pointers = jsonLines('{"a/b":{"c~d":[true,null]}}').flatMap(({ pointer }: Line) => pointer ?? [])
  t.same(pointers, ['', '/a~1b', '/a~1b/c~0d', '/a~1b/c~0d/0', '/a~1b/c~0d/1'])
})

t.test('the place of what is not there is that around it', async t => {
  const lines = jsonLines('{"content":{"messages":[{}]}}')
  t.equal(nearest(lines, '/content/messages/0/text'), '/content/messages/0')
  t.equal(nearest(lines, '/content'), '/content')
  t.equal(nearest(lines, '/else'), '')
})

t.test('a sealed state is shown opened, anything else is left', async t => {
  const seal = (claims: object) => `"eyJh.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x_-1"`
  t.equal(
    unseal(seal({ block: 'size', step: 'chosen', state: { size: 'Größe' } })),
    'sealed: size/chosen {"size":"Größe"}',
  )
  t.equal(unseal(seal({ block: 'size', step: 'ask' })), 'sealed: size/ask')
  t.equal(unseal('"eyJh.eyJh.eyJh"'), undefined)
  t.equal(unseal('"text"'), undefined)
})
