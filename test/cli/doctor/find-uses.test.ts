import t from 'tap'
import { findUses } from '../../../src/cli/doctor/find-uses.ts'
import { folderOf } from '../../helper.ts'

t.test('it reads blocks, what they import, and JSON blocks', async t => {
  const content = {
    messages: [{ type: 'text', text: 'Hi', buttons: [{ type: 'flow', caption: 'Go', target: 'content1' }] }],
    actions: [
      { action: 'add_tag', tag_name: 'json' },
      { action: 'add_tag', tag_name: '{{ contact.first_name }}' },
      { action: 'set_field_value', field_name: 'n', value: 12 },
      { action: 'set_field_value', field_name: 's', value: '{{ input }}' },
      { action: 'set_field_value', field_name: 't', value: 'x' },
      { action: 'set_field_value', field_name: 'b', value: true },
    ],
  }
  const big = '{"version":"v2","content":{"messages":[],"a/b":{"field_name":"id","value":9007199254740993}}}'
  const folder = folderOf(t, {
    'size.ts': `addTag('block')`,
    'parts/words.ts': `addTag('part')`,
    'node_modules/x/index.js': `addTag('foreign')`,
    'size.test.ts': `addTag('test')`,
    'notes.md': `addTag('prose')`,
    'welcome.json': JSON.stringify({ version: 'v2', content }, null, 1),
    'big.json': big,
    'broken.json': '{',
    'parts/data.json': '{"tag_name":"data"}',
  })
  const { uses, unread } = await findUses(folder)
  t.same(
    uses.map(({ kind, name, file, value }) => [kind, name, file, value]),
    [
      ['field', 'id', 'big.json', 9007199254740992],
      ['tag', 'part', 'parts/words.ts', undefined],
      ['tag', 'block', 'size.ts', undefined],
      ['flow', 'content1', 'welcome.json', undefined],
      ['tag', 'json', 'welcome.json', undefined],
      ['field', 'n', 'welcome.json', 12],
      ['field', 's', 'welcome.json', undefined],
      ['field', 't', 'welcome.json', 'x'],
      ['field', 'b', 'welcome.json', true],
    ],
  )
  t.equal(uses.find(({ name }) => name === 'json')?.line, 20)
  t.match(unread, [{ kind: 'tag', file: 'welcome.json' }])
})

t.test('a folder that is not there has none', async t => {
  t.same(await findUses('/nowhere/at-all'), { uses: [], unread: [] })
})
