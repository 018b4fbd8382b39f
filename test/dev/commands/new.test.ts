import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import hello from '../../../examples/new/hello.ts'
import { runNew } from '../../../src/dev/commands/new.ts'
import { openChat } from '../../../src/testing.ts'
import { folderOf } from '../../helper.ts'
import { runPlainly } from '../../run-plainly.ts'

async function runIt(args: string[], env: Record<string, string> = {}): Promise<[number, string]> {
  let written = ''
  const write = (text: string) => {
    written += text
  }
  return [await runNew(args, { env, write }), written]
}

t.test('it writes a block and a test, and both work', async t => {
  // A folder within this package, so that the block can import dynablock.
  const folder = join(t.testdir({}), 'blocks')
  const [code, written] = await runIt(['welcome'], { BLOCKS_DIR: folder })
  t.equal(code, 0)
  t.match(written, `Wrote ${folder}/welcome.ts and ${folder}/welcome.test.ts.`)
  const chat = await openChat(`${folder}/welcome.ts`)
  t.equal(chat.last?.text, 'Hi Ana!')
  await chat.close()
  const args = ['--test', '--test-reporter=tap', join(folder, 'welcome.test.ts')]
  t.match(await runPlainly(args), /ok 1 - welcome takes a message.*# fail 0/s)
})

t.test('what it writes is kept among the examples, where it works too', async t => {
  const chat = await openChat(hello, { channel: 'whatsapp' })
  await chat.tap('Write to us')
  await chat.say('my order')
  t.equal(chat.last?.text, 'Thanks! We look into “my order”.')
  const args = ['--test', '--test-reporter=tap', 'examples/new/hello.test.ts']
  t.match(await runPlainly(args), /# pass 1\n# fail 0/)
})

t.test('nothing is overwritten', async t => {
  const folder = folderOf(t, { 'mine.ts': 'mine', 'tested.test.ts': 'mine' })
  for (const [name, file] of [
    ['mine', 'mine.ts'],
    ['tested', 'tested.test.ts'],
  ] as const) {
    t.match(await runIt([name, '--folder', folder]), [2, `expected a new name, got ${folder}/${file}, which exists.`])
    t.equal(readFileSync(join(folder, file), 'utf8'), 'mine')
  }
})

t.test('a name that no block may have is refused', async t => {
  for (const name of ['two words', '../up', '_hidden', 'a.b', '']) {
    t.match(await runIt([name, '--folder', '/nowhere']), [2, /expected a name of letters, .* got "/], name)
  }
})

t.test('it says how it is used, and what is wrong', async t => {
  t.match(await runIt(['--help']), [0, /^Usage: dynablock new .*Example: /s])
  t.match(await runIt([]), [2, /^Usage/])
  t.match(await runIt(['one', 'two']), [2, /^Usage/])
  t.match(await runIt(['one', '--nonsense']), [2, /No option is called "--nonsense"\. Did you mean "--folder"\?/])
})

t.test('npx dynablock runs it, in ./blocks', async t => {
  const cwd = folderOf(t)
  const { stdout } = await promisify(execFile)(process.execPath, [join(process.cwd(), 'src/cli/cli.ts'), 'new', 'hi'], {
    cwd,
  })
  t.match(stdout, 'Wrote blocks/hi.ts and blocks/hi.test.ts.\nTalk with it: npx dynablock chat hi\n')
  await rm(join(cwd, 'blocks'), { recursive: true })
})
