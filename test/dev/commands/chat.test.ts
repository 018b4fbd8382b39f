import { execFile } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import t from 'tap'
import { createChatCommand } from '../../../src/dev/commands/chat.ts'
import { defineBlock } from '../../../src/index.ts'
import { openChat } from '../../../src/testing.ts'
import { build, folderOf, secret } from '../../helper.ts'

interface Given {
  env?: Record<string, string>
  interactive?: boolean
}

/** Runs the command with typed lines; returns its exit code and output. */
async function chat(
  args: string[],
  typed: string[] = [],
  { env = {}, interactive = false }: Given = {},
): Promise<[number, string]> {
  let written = ''
  const write = (text: string) => {
    written += text
  }
  async function* lines() {
    yield* typed
  }
  const code = await createChatCommand(openChat)(args, { env, fetch, write, lines, interactive })
  return [code, written]
}

t.test('a talk, as it is read', async t => {
  const [code, written] = await chat(
    ['size', '--folder', 'examples/blocks'],
    [':1', 'Ana', '', 'Bye', ':quit', 'unread'],
  )
  t.equal(code, 0)
  t.equal(
    written,
    `size on messenger. Type a message; :help lists the commands.
Block: Hi Ana! Which size?
  :1 Small
  :2 Large
> :1
Block: S it is. And your name?
  (waits for your message for 10 minutes)
> Ana
Block: Thanks Ana, your S is on its way.
  (tag added: ordered)
> 
> Bye
  (no block listens: ManyChat’s own automation handles this message)
> :quit
`,
  )
})

t.test('every command does what it says', async t => {
  const typed = [
    ':tap Large',
    ':wait 11m',
    '::)',
    ':contact',
    ':contact {"first_name":"Cleo"}',
    ':contact Cleo',
    ':open',
    ':wait',
    ':9',
    ':nonsense',
    ':help',
  ]
  const args = [
    'size',
    '--channel',
    'telegram',
    '--contact',
    '{"first_name":"Bo","last_growth_tool":{"id":1,"name":"A"}}',
  ]
  const [code, written] = await chat(args, typed, { env: { BLOCKS_DIR: 'examples/blocks' } })
  t.equal(code, 0)
  for (const said of [
    'size on telegram',
    'Hi Bo!',
    'L it is',
    '> :wait 11m\n> ::)\n  (the listener had expired',
    '  first_name: Bo\n',
    '  last_input_text: :)\n',
    '  last_growth_tool: {"id":1,"name":"A"}\n',
    '  tags: none\n',
    '! :contact takes a JSON object.\n',
    'Hi Cleo!',
    '! ":wait" is not a command. :help lists them.',
    '! number 9 cannot be tapped: expected one of "Small", "Large".',
    '! ":nonsense" is not a command. :help lists them.',
    ':quit         end;',
  ])
    t.match(written, said)
  t.notMatch(written, 'profile_pic', 'what is empty is left out')
})

t.test('tags and fields are told', async t => {
  const folder = folderOf(t, {
    'shop.ts': `import { addTag, defineBlock, setField, unsetField } from 'dynablock'
export default defineBlock({ open: ({ extras }) => ({ actions: [addTag('vip'), addTag('new'), setField('Order', extras.order), unsetField('Old')] }) })`,
  })
  const [, written] = await chat([`${folder}/shop.ts`, '--extras', '{"order":7}'], [':contact'])
  t.match(written, '  tags: vip, new\n  field Order: 7\n  field Old: empty\n')
})

t.test('a late reply arrives while nothing is typed', async t => {
  const folder = folderOf(t, {
    'slow.ts': `import { defineBlock } from 'dynablock'
export default defineBlock({ replyWithinMs: 1, waiting: 'One moment', open: () => new Promise(done => setTimeout(done, 50, 'There')) })`,
  })
  t.match(await chat([`${folder}/slow.ts`]), [0, /Block: One moment\nBlock, later: There\n$/])
  const waited = /Block: One moment\n> :wait 1m\nBlock, later: There\n> :open\n/
  t.match(await chat([`${folder}/slow.ts`], [':wait 1m', ':open']), [0, waited])
  const seen = Promise.withResolvers<void>()
  let written = ''
  const write = (text: string) => {
    written += text
    if (text.includes('later')) seen.resolve()
  }
  async function* lines() {
    await seen.promise
    yield ':quit'
  }
  await createChatCommand(openChat)([`${folder}/slow.ts`], {
    env: { NO_COLOR: '1' },
    fetch,
    write,
    lines,
    interactive: true,
  })
  t.match(written, 'Block: One moment\n> \rBlock, later: There\n> ')
})

t.test('where a person sits there is a prompt, and color unless that is not wanted', async t => {
  const [, colored] = await chat(['size', '--folder', 'examples/blocks'], [':1'], { interactive: true })
  t.match(colored, '\u001b[36m  :1 Small\u001b[0m\n')
  t.match(colored, '\n> Block: S it is', 'what is typed is seen already')
  const [, plain] = await chat(['size', '--folder', 'examples/blocks'], [':1'], {
    interactive: true,
    env: { NO_COLOR: '1' },
  })
  t.notMatch(plain, '\u001b')
})

t.test('a block that fails makes it fail', async t => {
  const folder = folderOf(t, {
    'fails.ts': `import { defineBlock } from 'dynablock'
export default defineBlock({ open: () => { throw new Error('no stock') } })`,
  })
  const [code, written] = await chat(['fails', '--folder', folder])
  t.equal(code, 1)
  t.match(written, /! DYN_BLOCK_THREW: .*\(Error: no stock\)\nBlock: Sorry/)
})

t.test('it talks with a server that runs', async t => {
  const { app } = build(t, {
    config: { dataDir: folderOf(t) },
    blocks: { greet: defineBlock({ open: ({ extras }) => `Hi ${extras.order}` }) },
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  t.match(await chat(['greet', '--url', url, '--secret', secret, '--extras', '{"order":7}']), [0, /Block: Hi 7\n$/])
  t.match(await chat(['greet', '--url', url], [':open'], { env: { WEBHOOK_SECRETS: `${secret}, other` } }), [
    0,
    /Block: Hi/,
  ])
  t.match(await chat(['greet', '--url', url]), [1, /! bad-status: The server answered with status 401/])
  t.match(await chat(['greet', '--url', 'http://127.0.0.1:1', '--secret', secret]), [1, /! no-answer/])
})

t.test('it says how it is used, and what is wrong', async t => {
  t.match(await chat(['--help']), [0, /^Usage: dynablock chat .*:wait 5m.*Example: /s])
  t.match(await chat([]), [2, /^Usage/])
  t.match(await chat(['size', 'faq']), [2, /^Usage/])
  t.match(await chat(['size', '--chanel', 'x']), [2, /No option is called "--chanel"\. Did you mean "--channel"\?/])
  t.match(await chat(['size', '--channel', 'sms']), [2, /expected one of messenger, .* got "sms"/])
  t.match(await chat(['size', '--contact', 'Bo']), [2, /expected a JSON object.*--contact '/])
  t.match(await chat(['size', '--extras', '[]']), [2, /expected a JSON object.*--extras '/])
  t.match(await chat(['sizes', '--folder', 'examples/blocks']), [2, /got "sizes"\. Did you mean "size"\?/])
})

t.test('npx dynablock runs it, with its input from a pipe', async t => {
  const args = ['src/cli/cli.ts', 'chat', 'size', '--folder', 'examples/blocks']
  const toItsEnd = promisify(execFile)(process.execPath, args)
  toItsEnd.child.stdin?.end(':tap Small\nAna\n')
  t.match((await toItsEnd).stdout, /> Ana\nBlock: Thanks Ana, your S is on its way\.\n {2}\(tag added: ordered\)\n$/)
  const left = promisify(execFile)(process.execPath, args)
  left.child.stdin?.write(':q\n')
  t.match((await left).stdout, /> :q\n$/, 'a pipe that stays open does not keep it')
})
