import { readFileSync } from 'node:fs'
import t from 'tap'
import { defineBlock } from '../../../src/index.ts'
import { openChat } from '../../../src/testing.ts'
import { readDoc } from '../../docs.ts'
import { runPlainly } from '../../run-plainly.ts'

const page = readDoc('testing.md')

/** The names in the first column of the table under a heading. */
function namesUnder(heading: string): string[] {
  const [, section = ''] = new RegExp(`^## ${heading}.*?\n(.*?)(?=^## )`, 'ms').exec(page) ?? []
  return section
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .flatMap(line => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)/g)].map(([, name]) => String(name)))
    .sort()
}

t.test('docs/testing.md lists what a chat has, and nothing else', async t => {
  const chat = await openChat(defineBlock({ open: () => 'Hi' }))
  t.same(namesUnder('The chat'), Object.keys(chat).sort())
})

t.test('docs/testing.md lists the options, and no others', async t => {
  const [, options = ''] =
    /^export interface ChatOptions \{\n(.*?)^\}/ms.exec(readFileSync('src/testing.ts', 'utf8')) ?? []
  t.same(namesUnder('openChat'), [...options.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name).sort())
})

t.test('the tests of docs/testing.md pass', async t => {
  const programs = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, program]) => String(program))
  t.equal(programs.length, 2)
  const files = Object.fromEntries(programs.map((program, index) => [`size-${index}.test.ts`, program]))
  const cwd = t.testdir({ 'size.ts': readFileSync('examples/blocks/size.ts', 'utf8'), ...files })
  const stdout = await runPlainly(['--test', '--test-reporter=tap', ...Object.keys(files)], cwd)
  t.match(stdout, /# pass 3\n# fail 0/)
})
