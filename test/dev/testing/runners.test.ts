/** The test kit in a folder of its own, as users have one, under each of three test runners. */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { folderOf } from '../../helper.ts'
import { plainEnv } from '../../plain-env.ts'

const run = promisify(execFile)
const block = readFileSync('examples/blocks/size.ts', 'utf8')
const talk = `
  const chat = await openChat(size, { channel: 'whatsapp' })
  await chat.tap('Small')
  await chat.say('Ana')
  const text = chat.last?.text
`
const thanks = 'Thanks Ana, your S is on its way.'

/** A project with what it needs in node_modules, linked as `npm install <folder>` does. */
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
  const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', 'blocks/size.test.ts'], {
    cwd,
    env: plainEnv,
  })
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
  const { stdout } = await run(
    process.execPath,
    [resolve('node_modules/vitest/vitest.mjs'), 'run', '--reporter=json'],
    { cwd, env: plainEnv },
  )
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
  const { stdout } = await run(process.execPath, ['blocks/size.test.ts'], { cwd, env: plainEnv })
  t.match(stdout, /# \{ total: 2, pass: 2 \}/)
})
