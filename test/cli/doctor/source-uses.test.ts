import t from 'tap'
import { readSource } from '../../../src/cli/doctor/source-uses.ts'

/** Kind, name and line of each use; kind and line of each unreadable name. */
function read(source: string) {
  const { uses, unread } = readSource('x.ts', source)
  return {
    uses: uses.map(({ kind, name, line, value }) => [kind, name, line, ...(value === undefined ? [] : [value])]),
    unread: unread.map(({ kind, line }) => [kind, line]),
  }
}

t.test('each maker, wherever it stands', async t => {
  for (const [source, use] of [
    [`addTag('ordered')`, ['tag', 'ordered', 1]],
    [`\n\nremoveTag("a 'b'")`, ['tag', "a 'b'", 3]],
    ['addTag(`x`)', ['tag', 'x', 1]],
    [`addTag('it\\'s')`, ['tag', "it's", 1]],
    [`[1].map(n => addTag('a'))`, ['tag', 'a', 1]],
    [`unsetField('Size')`, ['field', 'Size', 1]],
    [`setField(\n  'Size',\n  'S',\n)`, ['field', 'Size', 1, 'S']],
    [`setField('n', -1_000.5)`, ['field', 'n', 1, -1000.5]],
    [`setField('n', 12n)`, ['field', 'n', 1, 12]],
    [`setField('b', true)`, ['field', 'b', 1, true]],
    [`setField('b', false)`, ['field', 'b', 1, false]],
    [`setField('d', new Date(Date.now(), [1, 2]))`, ['field', 'd', 1, new Date(0)]],
    [`setField('s', state.size)`, ['field', 's', 1]],
    [`setField('s', 'a' + b)`, ['field', 's', 1]],
    [`flowButton(say({ a: [1, 2] }), 'content1')`, ['flow', 'content1', 1]],
    [`flowReply('Go', 'content2')`, ['flow', 'content2', 1]],
    [
      `({ type: 'flow', caption: 'Go', target: 'content20180221085508_278589' })`,
      ['flow', 'content20180221085508_278589', 1],
    ],
    [`const tag = 'a'\naddTag(tag)`, ['tag', 'a', 2]],
    [`const tag = 'a' as const; addTag(tag)`, ['tag', 'a', 1]],
    [`({ action: 'add_tag', tag_name: 'wire' })`, ['tag', 'wire', 1]],
    [`manychat.sending.sendFlow({ subscriber_id, flow_ns: 'content3' })`, ['flow', 'content3', 1]],
    [`manychat.subscriber.setCustomFieldByName({ field_name: "f" })`, ['field', 'f', 1]],
    [`/['"]/.test(x); addTag('after')`, ['tag', 'after', 1]],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source that is read
    ['`${`addTag("no") ${"}"}`} \\` {`; addTag("after")', ['tag', 'after', 1]],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source that is read
    ['`${addTag("within")}`', ['tag', 'within', 1]],
    [`addTag('\\u0061')`, ['tag', 'a', 1]],
    [`({ ['tag_name']: 'wire' })`, ['tag', 'wire', 1]],
    [`a / b; addTag('after') / 2`, ['tag', 'after', 1]],
  ] as const) {
    t.same(read(source), { uses: [use], unread: [] }, source)
  }
})

t.test('what is none', async t => {
  for (const source of [
    `// addTag('a')`,
    `/* addTag('a')\n*/`,
    `"addTag('a')"`,
    `function addTag(name) {}`,
    `manychat.subscriber.addTag({ subscriber_id, tag_id: 1 })`,
    `import { addTag } from 'dynablock'`,
    `interface X { tag_name: string }`,
    `page.setBotFieldByName({ field_name: 'shared' })`,
    `page.createTag({ tag_name: 'new' })`,
    `const { constructor } = {}; toString()`,
  ]) {
    t.same(read(source), { uses: [], unread: [] }, source)
  }
})

t.test('what is made while the block runs is told', async t => {
  for (const [source, unread] of [
    [`addTag(name)`, ['tag', 1]],
    [`\naddTag('a' + b)`, ['tag', 2]],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source that is read
    ['addTag(`size ${s}`)', ['tag', 1]],
    [`setField(f, -x)`, ['field', 1]],
    [`flowButton('Go')`, ['flow', 1]],
    [`const tag = 'a' + b; setField(tag, 1)`, ['field', 1]],
  ] as const) {
    t.same(read(source), { uses: [], unread: [unread] }, source)
  }
})

t.test('what is no program is refused', async t => {
  t.throws(() => read(`x = /unclosed\naddTag('after')`), { name: 'SyntaxError' })
})
