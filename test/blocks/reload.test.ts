import { renameSync, rmSync, symlinkSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { Call } from '../../src/blocks/call.ts'
import { loadBlocks } from '../../src/blocks/load.ts'
import { folderOf, write } from '../helper.ts'

const saying = (text: string) =>
  `import { defineBlock } from 'dynablock'\nexport default defineBlock({ open: () => '${text}' })\n`
const helped = `import { defineBlock } from 'dynablock'
import { words } from './lib/words.ts'
export default defineBlock({ open: () => words })
`

t.test('a changed file is served at once', async t => {
  const { folder, blocks, says, reloaded } = await watched(t, { 'hello.ts': saying('one') })
  const before = blocks.get('hello')
  await reloaded(() => write(folder, { 'hello.ts': saying('two') }))
  t.equal(says('hello'), 'two')
  await reloaded(() => write(folder, { 'hello.ts': saying('three') }))
  t.equal(says('hello'), 'three')
  t.equal(before?.open({} as Call), 'one', 'calls that run go on with what they had')
})

t.test('so is a JSON block', async t => {
  const json = (text: string) => `{"messages":[{"type":"text","text":"${text} {{ channel }}"}]}`
  const { folder, blocks, reloaded, problems } = await watched(t, { 'hello.json': json('one') })
  const opened = () => blocks.get('hello')?.open({ channel: 'telegram' } as Call)
  t.same(opened(), { messages: [{ type: 'text', text: 'one telegram' }] })
  await reloaded(() => write(folder, { 'hello.json': json('two') }))
  t.same(opened(), { messages: [{ type: 'text', text: 'two telegram' }] })
  await reloaded(() => write(folder, { 'hello.json': json('three | {{ nothing }}') }))
  t.same(opened(), { messages: [{ type: 'text', text: 'two telegram' }] }, 'a broken one keeps its last good block')
  t.match(problems, [{ problem: /^hello\.json: it is not valid content:/ }])
})

t.test('so is a block whose helper changed', async t => {
  const { folder, says, reloaded } = await watched(t, {
    'hello.ts': helped,
    'lib/words.ts': `export const words = 'one'`,
  })
  t.equal(says('hello'), 'one')
  await reloaded(() => write(folder, { 'lib/words.ts': `export const words = 'two'` }))
  t.equal(says('hello'), 'two')
})

t.test('blocks come and go', async t => {
  const { folder, blocks, says, reloaded } = await watched(t, { 'hello.ts': saying('one') })
  await reloaded(() => write(folder, { 'more.js': saying('more') }))
  t.same(blocks.names(), ['hello', 'more'])
  t.equal(says('more'), 'more')
  await reloaded(() => rmSync(`${folder}/hello.ts`))
  t.same(blocks.names(), ['more'])
  await reloaded(() => renameSync(`${folder}/more.js`, `${folder}/less.js`))
  t.same(blocks.names(), ['less'])
})

t.test('a file that is broken for the moment keeps its last good block', async t => {
  const { folder, blocks, says, reloaded, problems } = await watched(t, {
    'hello.ts': saying('one'),
    'other.ts': saying('a'),
  })
  await reloaded(() => write(folder, { 'hello.ts': 'export default defineBlock({', 'other.ts': saying('b') }))
  t.same([says('hello'), says('other')], ['one', 'b'])
  t.match(problems, [{ problem: /^hello\.ts: it does not load \(line 1\): SyntaxError/ }])
  t.match(blocks.problem?.('hello'), /^hello\.ts: it does not load \(line 1\)/)
  t.equal(blocks.problem?.('other'), undefined)
  await reloaded(() => write(folder, { 'hello.ts': 'export const x = 1' }))
  t.equal(says('hello'), 'one')
  await reloaded(() => write(folder, { 'new.ts': 'broken(' }))
  t.same(blocks.names().sort(), ['hello', 'other'], 'one that was never good is not served')
  await reloaded(() => write(folder, { 'hello.ts': saying('two') }))
  t.equal(says('hello'), 'two')
  t.equal(blocks.problem?.('hello'), undefined)
})

t.test('a file is seen to change however it is saved', async t => {
  const { folder, blocks, says, reloaded } = await watched(t, { 'hello.ts': saying('one') })
  for (const round of ['two', 'three']) {
    await reloaded(() => {
      write(folder, { 'hello.ts.tmp': saying(`${round} renamed`) })
      renameSync(`${folder}/hello.ts.tmp`, `${folder}/hello.ts`)
    })
    t.equal(says('hello'), `${round} renamed`)
    await reloaded(() => write(folder, { 'hello.ts': saying(round) }))
    t.equal(says('hello'), round)
  }
  await reloaded(() => write(folder, { 'other.ts': saying('other') }))
  await reloaded(() => rmSync(`${folder}/hello.ts`))
  t.same(blocks.names(), ['other'])
  await reloaded(() => write(folder, { 'hello.ts': saying('again') }))
  t.equal(says('hello'), 'again')
})

t.test('a folder that is gone for the moment keeps all of them', async t => {
  const { folder, blocks, says, reloaded, problems } = await watched(t, { 'hello.ts': saying('one') })
  await reloaded(() => renameSync(folder, `${folder}-away`))
  t.teardown(() => rmSync(`${folder}-away`, { recursive: true, force: true }))
  t.same([blocks.names(), says('hello')], [['hello'], 'one'])
  t.match(problems, [{ problem: /can’t be read/ }])
  await reloaded(() => write(folder, { 'hello.ts': saying('two') }))
  t.equal(says('hello'), 'two', 'and it is seen when it comes back')
})

t.test('a folder that is reached by a link is watched as well', async t => {
  const real = folderOf(t, { 'real/hello.ts': helped, 'real/lib/words.ts': `export const words = 'one'` })
  symlinkSync(`${real}/real`, `${real}/link`)
  const { says, reloaded } = await watched(t, {}, `${real}/link`)
  t.equal(says('hello'), 'one')
  await reloaded(() => write(`${real}/real`, { 'lib/words.ts': `export const words = 'two'` }))
  t.equal(says('hello'), 'two')
})

t.test('in production nothing is watched', async t => {
  const folder = folderOf(t, { 'hello.ts': saying('one') })
  const fail = () => t.fail('nothing is logged')
  const log = { debug: fail, warn: fail, error: fail, info: fail }
  const blocks = await loadBlocks({ folder, log })
  blocks.stop()
  t.doesNotThrow(() => blocks.stop(), 'and stopping twice is harmless')
})

async function watched(t: Test, files: Record<string, string>, folder = folderOf(t, files)) {
  const problems: unknown[] = []
  let done = () => {}
  const log = {
    debug() {},
    warn() {},
    error: (details: unknown) => problems.push(details),
    info: () => done(),
  }
  const blocks = await loadBlocks({ folder, reload: true, log })
  t.teardown(() => blocks.stop())
  return { folder, blocks, problems, says, reloaded }

  function says(name: string): unknown {
    return blocks.get(name)?.open({} as Call)
  }

  /** Makes a change; resolves when the blocks have been reloaded. */
  function reloaded(change: () => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    done = resolve
    change()
    return promise
  }
}
