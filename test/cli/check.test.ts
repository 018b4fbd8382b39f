import { execFile, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { runCheck } from '../../src/cli/check.ts'
import { folderOf } from '../helper.ts'

const answer = `{
  "version": "v2",
  "content": {
    "messages": [
      {
        "type": "text",
        "text": "Hi {{ contact.first_name }}",
        "buttons": [
          { "type": "flow", "caption": "A caption that is too long", "target": "content1_2" }
        ]
      },
      { "type": "image" }
    ]
  },
  "external_message_callback": { "url": "https://example.com", "method": "post" }
}
`
const sound = '{ "messages": [{ "type": "text", "text": "Hi" }] }'
const warned = '{ "messages": [{ "type": "image", "url": "http://example.com/a.png" }] }'

function setUp(t: Test, files: Record<string, string> = {}) {
  const folder = folderOf(t, { 'reply.json': answer, 'sound.json': sound, 'warned.json': warned, ...files })
  return command

  /** Runs the command; returns its exit code and output, with files by name. */
  async function command(args: string[], stdin = ''): Promise<[number, string]> {
    let written = ''
    const write = (text: string) => {
      written += text
    }
    const paths = args.map(arg => (arg.endsWith('.json') ? `${folder}/${arg}` : arg))
    const code = await runCheck(paths, { write, readStdin: async () => stdin })
    return [code, written.replaceAll(`${folder}/`, '')]
  }
}

t.test('each problem has its line', async t => {
  const command = setUp(t)
  t.same(await command(['reply.json']), [
    1,
    `reply.json:9:29 warning caption-length Messenger shows at most 20 characters of a caption; got 26. Shorten it: the channel cuts it.
reply.json:12:7 error required This is missing; it must be text that is not empty. Add it.
reply.json:15:3 repaired beside-content "external_message_callback" stands beside "content", where ManyChat ignores it; it is moved there. Move it into "content".
1 file checked: 1 error, 1 warning, 1 repaired
`,
  ])
})

t.test('a file without problems is told, and so are warnings, which fail only when they are to', async t => {
  const command = setUp(t)
  t.same(await command(['sound.json']), [0, '1 file checked: 0 errors, 0 warnings\n'])
  t.same(await command(['sound.json', '--strict']), [0, '1 file checked: 0 errors, 0 warnings\n'])
  t.match(await command(['warned.json', 'sound.json']), [
    0,
    /^warned\.json:1:35 warning https-url .*\n2 files checked: 0 errors, 1 warning\n$/,
  ])
  t.equal((await command(['warned.json', '--strict']))[0], 1)
})

t.test('the channel is the one that is named', async t => {
  const command = setUp(t, {
    'video.json': '{ "messages": [{ "type": "video", "url": "https://example.com/a.mp4" }] }',
  })
  t.match(await command(['video.json', '--channel', 'whatsapp']), [1, /^video\.json:1:18 error channel-message /])
  t.equal((await command(['video.json']))[0], 0)
  t.same(await command(['warned.json', '--channel', 'sms']), [
    2,
    '--channel must be one of messenger, instagram, whatsapp, telegram, tiktok; got "sms".\n',
  ])
})

t.test('what is repaired fails only when it is to', async t => {
  const command = setUp(t, {
    'long.json': `{ "messages": [{ "type": "text", "text": "${'x'.repeat(2001)}", "buttons": null }] }`,
    'beside.json': '{ "version": "v2", "content": { "messages": [] }, "type": "instagram" }',
  })
  for (const [file, rule] of [
    ['long.json', 'empty-member'],
    ['beside.json', 'beside-content'],
  ] as const) {
    const [code, written] = await command([file])
    t.equal(code, 0)
    t.match(written, new RegExp(`repaired ${rule} .*0 errors, 0 warnings, \\d repaired`, 's'))
    t.equal((await command([file, '--strict']))[0], 1)
  }
})

t.test('content that is delivered later has no nodes', async t => {
  const command = setUp(t, {
    'node.json': '{"messages":[],"quick_replies":[{"type":"node","caption":"a","target":"b"}]}',
  })
  t.equal((await command(['node.json']))[0], 0)
  t.match(await command(['node.json', '--outside-flow']), [1, /error node-outside-flow/])
})

t.test('problems are lines of JSON where a program reads them', async t => {
  const command = setUp(t)
  const [code, written] = await command(['reply.json', 'sound.json', '--json'])
  t.equal(code, 1)
  const lines = written.trimEnd().split('\n')
  t.equal(lines.length, 3)
  t.strictSame(JSON.parse(lines[1] as string), {
    file: 'reply.json',
    line: 12,
    column: 7,
    path: '/content/messages/1/url',
    rule: 'required',
    severity: 'error',
    message: 'This is missing; it must be text that is not empty. Add it.',
    expected: 'text that is not empty',
    got: 'nothing',
    remedy: 'Add it.',
  })
})

t.test('a JSON block is checked as its sample, other content as it is', async t => {
  const command = setUp(t, { 'block.json': '\ufeff{\n "messages": [{ "type": "text", "text": "{{ nothing }}" }] }' })
  t.match(await command(['block.json']), [1, /^block\.json:2:33 error template Templates have no variable /])
  t.same(await command(['block.json', '--plain']), [0, '1 file checked: 0 errors, 0 warnings\n'])
  t.match(await command(['reply.json', '--plain']), [1, /1 error, 1 warning, 1 repaired\n$/])
})

t.test('text that is no JSON is a problem of the file', async t => {
  const command = setUp(t, { 'broken.json': '{\n  "messages": [\n    oops ]\n}', 'empty.json': '' })
  t.same(await command(['broken.json', 'empty.json']), [
    1,
    `broken.json:3:5 error json This is not JSON: it breaks here. Check the quotes and commas.
empty.json:1:1 error json This is not JSON: it breaks here. Check the quotes and commas.
2 files checked: 2 errors, 0 warnings
`,
  ])
})

t.test('it reads standard input', async t => {
  const command = setUp(t)
  t.match(await command(['-'], answer), [1, /^-:9:29 warning /])
  t.same(await command(['-', 'sound.json'], sound), [0, '2 files checked: 0 errors, 0 warnings\n'])
})

t.test('it says how it is used, and what is wrong', async t => {
  const command = setUp(t)
  t.match(await command(['--help']), [0, /^Usage: dynablock check .*Example: dynablock check/s])
  t.match(await command([]), [2, /^No file is named\.\n\nUsage: dynablock check/])
  t.match(await command(['--chanel', 'whatsapp', 'reply.json']), [
    2,
    /No option is called "--chanel"\. Did you mean "--channel"\?/,
  ])
  t.same(await command(['reply.json', 'missing.json']), [2, 'Cannot read missing.json (ENOENT). Check its path.\n'])
  t.match(await command(['blocks/*.json']), [2, /^No file matches blocks\/\*\.json\. Blocks in TypeScript/])
  t.match(await command(['reply.json', 'blocks/size.ts']), [
    2,
    /^blocks\/size\.ts is code: tsc checks it, .* JSON\.\n$/,
  ])
})

t.test('npx dynablock runs it', async t => {
  const file = 'examples/blocks/welcome.json'
  const { stdout } = await promisify(execFile)(process.execPath, ['src/cli/cli.ts', 'check', file, '--strict'])
  t.equal(stdout, '1 file checked: 0 errors, 0 warnings\n')
  const child = spawn(process.execPath, ['src/cli/cli.ts', 'check', '-'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exit = new Promise(resolve => child.once('exit', resolve))
  child.stdin.end('{"messages":[{}]}')
  t.match(await text(child.stdout), '-:1:14 error required ')
  t.equal(await exit, 1)
})
