/** The test kit in a user's project, under three test runners. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { folderOf } from '../helper.ts'
import { runPlainly } from '../run-plainly.ts'

const block = readFileSync('examples/blocks/size.ts', 'utf8')
const talk = `
  const chat = await openChat(size, { channel: 'whatsapp' })
  await chat.tap('Small')
  await chat.say('Ana')
  const text = chat.last?.text
`
const thanks = 'Thanks Ana, your S is on its way.'

/** A project with its packages linked into node_modules, as `npm install <folder>` does. */
function projectOf(t: Test, test: string, packages: string[]): string {
  const folder = folderOf(t, {
    'package.json': '{"type":"module"}',
    'blocks/size.ts': block,
    'blocks/size.test.ts': test,
  })
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(process.cwd(), join(folder, 'node_modules/dynablock'))
  for (const name of packages) symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name))
  return folder
}

t.test('node:test runs it', async t => {
  const test = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChat } from 'dynablock/testing'
import size from './size.ts'
test('size', async () => {${talk}  assert.equal(text, '${thanks}')
})
test('by name', async () => void (await openChat('size')))
`
  const cwd = projectOf(t, test, [])
  const stdout = await runPlainly(['--test', '--test-reporter=tap', 'blocks/size.test.ts'], cwd)
  t.match(stdout, /# pass 2\n# fail 0/)
})

t.test('vitest runs it', async t => {
  const test = `import { expect, test } from 'vitest'
import { openChat } from 'dynablock/testing'
import size from './size.ts'
test('size', async () => {${talk}  expect(text).toBe('${thanks}')
})
test('by name', async () => void (await openChat('size')))
`
  const cwd = projectOf(t, test, ['vitest'])
  const stdout = await runPlainly([resolve('node_modules/vitest/vitest.mjs'), 'run', '--reporter=json'], cwd)
  t.match(JSON.parse(stdout), { numPassedTests: 2, numFailedTests: 0 })
})

t.test('tap runs it', async t => {
  const test = `import t from 'tap'
import { openChat } from 'dynablock/testing'
import size from './size.ts'
t.test('size', async t => {${talk}  t.equal(text, '${thanks}')
})
t.test('by name', async () => void (await openChat('size')))
`
  const cwd = projectOf(t, test, ['tap'])
  const stdout = await runPlainly(['blocks/size.test.ts'], cwd)
  t.match(stdout, /^ok 1 - size .*^ok 2 - by name .*^1\.\.2$/ms)
})
