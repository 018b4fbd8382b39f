import { spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import t, { type Test } from 'tap'
import { loadBlocks } from '../../src/blocks/load.ts'
import type { DynablockError } from '../../src/errors/errors.ts'
import { build, folderOf } from '../helper.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const hello = (text = 'Hello') =>
  `import { defineBlock } from 'dynablock'\nexport default defineBlock({ open: () => '${text}' })\n`

t.test('every kind of file is a block, without node_modules, without a build', async t => {
  const folder = folderOf(t, {
    'one.ts': `import { defineBlock, text, type Message } from 'dynablock'
      const message: Message = text('One')
      export default defineBlock({ open: (): Message => message })`,
    'two.mts': hello('Two'),
    'three.js': hello('Three'),
    'four.mjs': hello('Four'),
    'five.js': `const { defineBlock } = require('dynablock')\nmodule.exports = defineBlock({ open: () => 'Five' })\n`,
    'With-dash_6.ts': hello('Six'),
  })
  const blocks = await load(t, folder)
  t.same(blocks.names().sort(), ['With-dash_6', 'five', 'four', 'one', 'three', 'two'])
  const served = build(t, { blocks: Object.fromEntries(blocks.names().map(name => [name, blocks.get(name) as never])) })
  for (const [name, shown] of [
    ['one', 'One'],
    ['two', 'Two'],
    ['three', 'Three'],
    ['four', 'Four'],
    ['five', 'Five'],
    ['With-dash_6', 'Six'],
  ] as const) {
    t.equal((await served.open(name)).shown, shown)
  }
  t.equal(blocks.get('six'), undefined)
  t.equal(blocks.get('constructor'), undefined)
})

t.test('a block may import from a subfolder, and helpers may import what the block does', async t => {
  const folder = folderOf(t, {
    'greet.ts': `import { defineBlock } from 'dynablock'\nimport { words } from './lib/words.ts'
      import names from './lib/names.json' with { type: 'json' }
      export default defineBlock({ open: () => words(names[0]) })`,
    'lib/words.ts': `import { text } from 'dynablock'\nexport const words = (name: string) => text('Hi ' + name)`,
    'lib/names.json': '["Ana"]',
  })
  const blocks = await load(t, folder)
  t.same(blocks.names(), ['greet'])
  t.equal((await build(t, { blocks: { greet: blocks.get('greet') as never } }).open('greet')).shown, 'Hi Ana')
})

t.test('what is no block is left alone', async t => {
  const folder = folderOf(t, {
    'hello.ts': hello(),
    '_shared.ts': 'export const x = 1',
    '.hidden.ts': 'nonsense(',
    'hello.d.ts': 'export {}',
    'other.d.mts': 'export {}',
    'hello.test.ts': 'nonsense(',
    'README.md': '# Blocks',
    '_data.json': '{}',
    'package.json': '{}',
    'package-lock.json': '{}',
    'tsconfig.json': '{ // with a comment }',
    'lib/broken.ts': 'nonsense(',
    'folder.ts/x.ts': 'nonsense(',
  })
  t.same((await load(t, folder)).names(), ['hello'])
})

t.test('files that are links, and a folder that is one', async t => {
  const folder = folderOf(t, { 'real/hello.ts': hello(), 'mounted/x.md': '', 'other/x.md': '' })
  symlinkSync(`${folder}/real/hello.ts`, `${folder}/mounted/hello.ts`)
  t.same((await load(t, `${folder}/mounted`)).names(), ['hello'])
  symlinkSync(`${folder}/real`, `${folder}/other/link`)
  t.same((await load(t, `${folder}/other/link`)).names(), ['hello'])
})

t.test('all that is wrong is said at once: name, reason and remedy', async t => {
  const folder = folderOf(t, {
    'syntax.ts': 'export default defineBlock({',
    'throws.ts': `throw new TypeError('at once')`,
    'throws-text.ts': `throw 'at once'`,
    'imports.ts': `import './nothing.ts'`,
    'enum.ts': 'enum Size { S }\nexport default Size',
    'nothing-exported.ts': 'export const x = 1',
    'no-block.ts': 'export default { open: () => 1 }',
    'refused.ts': `import { defineBlock } from 'dynablock'\nexport default defineBlock({ open: () => 1, stesp: {} })`,
    'two words.ts': hello(),
    'twice.js': hello(),
    'twice.ts': hello(),
    'size.json': '{"messages":[]}',
    'size.ts': hello(),
    'broken.json': '{"messages":[}',
    'broken.ts': hello(),
    'empty.json': '',
    'wrong.json':
      '{\n  "version": "v2",\n  "content": { "messages": [{ "type": "text", "text": "{{ name }}" }, {}] }\n}',
    'well.ts': hello(),
  })
  const error = await t.rejects(loadBlocks({ folder, log }), { code: 'DYN_BLOCKS_REFUSED' })
  const { message } = error as unknown as Error
  t.match(message, `The blocks in ${folder} could not be loaded:`)
  for (const line of [
    /^- syntax\.ts: it does not load \(line \d+\): SyntaxError: .*\. Correct it\.$/m,
    /^- throws\.ts: it does not load \(line \d+\): TypeError: at once\. Correct it\.$/m,
    /^- throws-text\.ts: it does not load: it threw a value that is not an Error\. Correct it\.$/m,
    /^- imports\.ts: it does not load: Error: Cannot find module .*nothing\.ts.*Check the path/m,
    /^- enum\.ts: it does not load \(line \d+\): SyntaxError: .*enum.*a const object instead of an enum\.$/m,
    /^- nothing-exported\.ts: it exports no block\. Add: export default defineBlock/m,
    /^- no-block\.ts: it exports no block\. .* or begin its name with _/m,
    /^- refused\.ts: it does not load \(line \d+\): The block is not valid: .*"stesp"/m,
    /^- two words\.ts: its name has other characters .* Rename it\.$/m,
    /^- twice\.ts: twice\.js has the same name\. Rename or remove one of them\.$/m,
    /^- size\.ts: size\.json has the same name\. Rename or remove one of them\.$/m,
    /^- broken\.ts: broken\.json has the same name\./m,
    /^- broken\.json: it is not valid JSON: the syntax breaks at line 1, column 14\. Check the quotes and commas\.$/m,
    /^- empty\.json: it is not valid JSON: the syntax breaks at line 1, column 1\./m,
    /^- wrong\.json: it is not valid content:\n {2}line 3, column 47, \/content\/messages\/0\/text \(template\): .*contact\.name\.$/m,
    /^ {2}line 3, column 71, \/content\/messages\/1\/type \(required\): .*one of .* Add it\.$/m,
  ]) {
    t.match(message, line)
  }
  t.match(
    (error as unknown as DynablockError).problems?.find(({ subject }) => subject === 'twice.ts'),
    { got: 'twice.js has the same name', remedy: 'Rename or remove one of them.' },
    'each is data, too',
  )
  t.notMatch(message, /well\.ts|^- twice\.js|^- size\.json/m)
})

t.test('a JSON block that no channel shows as it is meant is served, with a warning', async t => {
  const folder = folderOf(t, { 'hello.json': '{"messages":[{"type":"image","url":"http://example.com/a.png"}]}' })
  const warnings: object[] = []
  const blocks = await loadBlocks({ folder, log: { ...log, warn: details => warnings.push(details as object) } })
  t.teardown(() => blocks.stop())
  t.same(blocks.names(), ['hello'])
  t.match(warnings, [{ block: 'hello', problem: /^line 1, column 30, \/messages\/0\/url \(https-url\): / }])
})

t.test('a folder without blocks, and none at all', async t => {
  const folder = folderOf(t, { 'README.md': '# Blocks' })
  await t.rejects(loadBlocks({ folder, log }), {
    code: 'DYN_BLOCKS_REFUSED',
    message: /there are no blocks\. Put a file like hello/,
  })
  await t.rejects(loadBlocks({ folder: `${folder}/nowhere`, log }), {
    message: /can’t be read\. Create it, or set BLOCKS_DIR/,
  })
  await t.rejects(loadBlocks({ folder: `${folder}/README.md`, log }), { message: /can’t be read/ })
})

t.test('nothing is complained of on the way', async t => {
  const folder = folderOf(t, { 'one.ts': hello(), 'two.js': hello(), 'three.mjs': hello() })
  const program = `import { loadBlocks } from ${JSON.stringify(new URL('../../src/blocks/load.ts', import.meta.url).href)}
    const blocks = await loadBlocks({ folder: ${JSON.stringify(folder)}, log: console })
    console.log(blocks.names().length)`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  t.equal(stdout.trim(), '3')
  t.notMatch(stderr, /warning/i)
})

async function load(t: Test, folder: string) {
  const blocks = await loadBlocks({ folder, log })
  t.teardown(() => blocks.stop())
  return blocks
}
