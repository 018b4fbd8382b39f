import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import form from '../../../examples/blocks/form.ts'
import gallery from '../../../examples/blocks/gallery.ts'
import size from '../../../examples/blocks/size.ts'
import { createReplayCommand } from '../../../src/dev/commands/replay.ts'
import { openChat } from '../../../src/testing.ts'
import { ana, build, folderOf, secret, write } from '../../helper.ts'

const examples = ['--folder', 'examples/blocks']

async function replay(...args: string[]): Promise<[number, string]> {
  let written = ''
  const write = (text: string) => {
    written += text
  }
  const env = { WEBHOOK_SECRETS: `${secret}, other` }
  const code = await createReplayCommand(openChat)(args, { env, fetch, write })
  return [code, written]
}

/** Records conversations with the examples as a server does; returns their folder. */
async function record(t: Test): Promise<string> {
  const folder = folderOf(t)
  const { app, open, tap, say, clock } = build(t, { blocks: { size, form, gallery }, config: { recordDir: folder } })
  const small = await tap(await open('size'), 'Small')
  clock.ms += 30_000
  await say(small, 'Ana, +49 151 23456789')
  await open('gallery')
  const shown = await open('form')
  await say(shown, 'tomorrow')
  await app.close()
  return folder
}

/** Reads and writes the only file in a folder. */
function only(folder: string) {
  const [name = ''] = readdirSync(folder)
  const file = join(folder, name)
  return {
    file,
    text: () => readFileSync(file, 'utf8'),
    change: (from: string | RegExp, to: string) => writeFileSync(file, readFileSync(file, 'utf8').replace(from, to)),
  }
}

async function recordOne(t: Test) {
  const folder = folderOf(t)
  const { app, open, tap, say } = build(t, { blocks: { size }, config: { recordDir: folder } })
  await say(await tap(await open('size'), 'Small'), 'Ana')
  await app.close()
  return only(folder)
}

t.test('what was recorded is answered the same', async t => {
  const folder = await record(t)
  const [code, written] = await replay(folder, ...examples)
  t.equal(code, 0, written)
  t.match(written, /^same {4}.*-form-messenger-/m)
  t.match(written, /^3 replayed, 0 answered differently\n$/m)
})

t.test('a block that was changed is told by each place', async t => {
  const folder = await record(t)
  const text = readFileSync('examples/blocks/size.ts', 'utf8').replace('it is. And your name?', 'it is. Your name?')
  const [form, gallery] = ['form', 'gallery'].map(name => readFileSync(`examples/blocks/${name}.ts`, 'utf8')) as [
    string,
    string,
  ]
  const blocks = folderOf(t, { 'size.ts': text, 'form.ts': form, 'gallery.ts': gallery })
  const path = '/steps/1/answers/0/content/messages/0/text'
  const [code, written] = await replay(folder, '--folder', blocks)
  t.equal(code, 1)
  t.match(written, `  ${path}\n    expected "S it is. And your name?"\n    got      "S it is. Your name?"\n`)
  t.match(written, /^3 replayed, 1 answered differently\n$/m)
  const [, lines] = await replay(folder, '--folder', blocks, '--json')
  t.match(JSON.parse(lines), { file: /size/, path, expected: 'S it is. And your name?', got: 'S it is. Your name?' })
  t.equal((await replay(folder, '--folder', blocks, '--update'))[0], 1)
  t.equal((await replay(folder, '--folder', blocks))[0], 0, 'the files say what is answered now')
  t.equal((await replay(folder, ...examples))[0], 1)
})

t.test('a button that is gone ends the conversation there', async t => {
  const { file } = await recordOne(t)
  const text = readFileSync('examples/blocks/size.ts', 'utf8').replace("'Small'", "'Tiny'")
  const [code, lines] = await replay(file, '--folder', folderOf(t, { 'size.ts': text }), '--json')
  t.equal(code, 1)
  const found = lines
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.match(found, [
    { path: '/steps/0/answers/0/content/messages/0/buttons/0/caption', expected: 'Small', got: 'Tiny' },
    { path: '/steps/1', expected: 'tap', got: /one of "Tiny", "Large"/ },
  ])
  const { file: again } = await recordOne(t)
  const before = JSON.parse(readFileSync(again, 'utf8'))
  await replay(again, '--folder', folderOf(t, { 'size.ts': text }), '--update')
  const after = JSON.parse(readFileSync(again, 'utf8'))
  t.not(JSON.stringify(after.steps[0]), JSON.stringify(before.steps[0]))
  t.same(after.steps.slice(1), before.steps.slice(1), 'what could not be done stays')
})

t.test('which of several buttons, opening again, and an answer more or less', async t => {
  const { file, change, text } = await recordOne(t)
  change(
    /"caption": "Small",\n(\s+)"answers": \[(?=\n\s+\{\n\s+"version")/,
    '"caption": "Small",\n$1"index": 0,\n$1"answers": [',
  )
  t.match(text(), '"index": 0')
  t.equal((await replay(file, ...examples))[0], 0)
  change('"index": 0', '"index": 1')
  t.match(await replay(file, ...examples), [1, /Small \(number 1\)/])
  change('"index": 1', '"index": 0')
  const fixture = JSON.parse(text())
  fixture.steps.push({ ...fixture.steps[0] }, { do: 'wait', ms: 1000, answers: [{ version: 'v2' }] })
  writeFileSync(file, JSON.stringify(fixture))
  t.match(await replay(file, ...examples), [
    1,
    '/steps/4/answers/0\n    expected {"version":"v2"}\n    got      nothing\n',
  ])
  fixture.steps[4].answers = []
  fixture.steps[3].answers = []
  writeFileSync(file, JSON.stringify(fixture))
  t.match(await replay(file, ...examples), [1, '/steps/3/answers/0\n    expected nothing\n    got      {"version"'])
})

t.test('a conversation without a time, as the simulator saves it', async t => {
  const { file, text } = await recordOne(t)
  const { at: _, ...fixture } = JSON.parse(text())
  writeFileSync(file, JSON.stringify(fixture))
  t.equal((await replay(file, ...examples))[0], 0)
})

t.test('a server that runs is asked', async t => {
  const folder = await record(t)
  const { app } = build(t, { blocks: { size, form, gallery }, config: { publicUrl: 'http://127.0.0.1:1' } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  // Its callbacks lead to its PUBLIC_URL, where nothing listens.
  const [code, written] = await replay(folder, '--url', url, '--json')
  t.equal(code, 1)
  t.match(written, '"got":{"failed":"')
  t.notMatch(written, '"path":"/steps/0', 'it is opened by the first of WEBHOOK_SECRETS')
  t.match(await replay(folder, '--url', url, '--secret', 'wrong', '--json'), [1, /"got":\{"status":401/])
})

t.test('what can not be replayed', async t => {
  const folder = folderOf(t, {
    'broken.json': '{',
    'other.json': '{"dynablock":"conversation"}',
    'tap.json': JSON.stringify({ ...base, steps: [{ do: 'tap', caption: 'Small', answers: [] }] }),
    'gone.json': JSON.stringify({ ...base, block: 'gone', steps: [{ do: 'open', answers: [] }] }),
    'notes.txt': '',
  })
  write(folder, { 'empty/notes.txt': '' })
  for (const [name, words] of [
    ['broken.json', /expected JSON, got other text/],
    ['other.json', /at \/block, /],
    ['tap.json', /"open" at \/steps\/0\/do/],
    ['gone.json', /"gone"/],
    ['nowhere.json', /ENOENT/],
    ['empty', /There are no recorded/],
  ] as const) {
    t.match(await replay(join(folder, name), ...examples), [2, words], name)
  }
  t.match(await replay('--help'), [0, /Example: dynablock replay/])
  t.match(await replay(), [2, /Usage/])
  t.match(await replay('--nothing'), [2, /--nothing/])
})

t.test('it is a command of the program', async t => {
  const { file } = await recordOne(t)
  const { stdout } = await promisify(execFile)(process.execPath, ['src/cli/cli.ts', 'replay', file, ...examples], {
    env: { PATH: process.env.PATH },
  })
  t.match(stdout, /1 replayed, 0 answered differently/)
})

const base = { dynablock: 'conversation', block: 'size', channel: 'messenger', contact: JSON.parse(ana) }
