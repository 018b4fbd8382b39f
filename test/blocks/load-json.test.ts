import t, { type Test } from 'tap'
import { type Block, isBlock } from '../../src/blocks/define.ts'
import { loadJsonBlock } from '../../src/blocks/load-json.ts'
import { folderOf } from '../helper.ts'

async function load(t: Test, content: object, allowLoopback = false): Promise<[Block | string, string[]]> {
  const folder = folderOf(t, { 'a.json': `\ufeff${JSON.stringify(content)}` })
  const warnings: string[] = []
  const onWarning = (warning: string) => warnings.push(warning)
  const loaded = await loadJsonBlock(`${folder}/a.json`, { allowLoopback, onWarning })
  return [isBlock(loaded) ? loaded : loaded.message, warnings]
}

const url = 'https://example.com/a.png'

t.test('what one channel takes is a block', async t => {
  for (const messages of [[{ type: 'image', url }], [{ type: 'cards', elements: [{ title: 'Mug' }] }]]) {
    t.match(await load(t, { messages }), [{ open: Function }, []])
  }
  const video = { type: 'video', url }
  const quick_replies = [{ type: 'flow', caption: 'Go', target: 'a' }]
  t.match(await load(t, { messages: [video], quick_replies }), [{ open: Function }, []], 'only Messenger takes both')
})

t.test('what no channel takes is told as Messenger has it', async t => {
  const [problem] = await load(t, { messages: [{ type: 'image' }] })
  t.equal(
    problem,
    'it is not valid content:\n  line 1, column 14, /messages/0/url (required): This is missing; it must be text that is not empty. Add it.',
  )
  t.equal(
    (await load(t, []))[0],
    'it is not valid content:\n  line 1, column 1, / (value): This must be an object; got a list. Change the value.',
  )
})

t.test('what every channel that takes it cuts or may not show is a warning', async t => {
  const long = { type: 'text', text: 'a'.repeat(4097) }
  t.same(
    (await load(t, { messages: [long] }))[1].map(line => /\(([a-z-]+)\)/.exec(line)?.[1]),
    ['text-split'],
  )
  const short = { ...long, text: 'a'.repeat(1001) }
  t.same((await load(t, { messages: [short, short] }))[1], [], 'only Instagram splits it')
  const http = { messages: [{ type: 'image', url: 'http://example.com/a.webp' }] }
  t.match(await load(t, http), [{}, [/^line 1, column 30, .*\(https-url\)/, /\(image-format\)/]])
})

t.test('callbacks to this machine are for development', async t => {
  const content = { messages: [], external_message_callback: { url: 'http://localhost:3000/a', method: 'post' } }
  t.match(await load(t, content), [/https-callback/, []])
  t.match(await load(t, content, true), [{ open: Function }])
})

t.test('a file that cannot be read is no question of JSON', async t => {
  await t.rejects(loadJsonBlock('/nowhere/a.json', { allowLoopback: false, onWarning() {} }), { code: 'ENOENT' })
})
