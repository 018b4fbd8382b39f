/** The image has no `src/dev`: operators' commands work without it, and the others say what is missing. */
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { folderOf, freePort } from '../helper.ts'
import { production } from '../production.ts'
import { startServer } from '../run-server.ts'

const root = join(import.meta.dirname, '../..')
const image = folderOf(t)
for (const name of ['src', 'examples', 'package.json', 'start.js'])
  cpSync(join(root, name), join(image, name), { recursive: true })
rmSync(join(image, 'src/dev'), { recursive: true })
symlinkSync(join(root, 'node_modules'), join(image, 'node_modules'))

function run(...args: string[]) {
  const env = { PATH: process.env.PATH, ...production, PUBLIC_URL: 'https://localhost:1', DATA_DIR: image }
  return spawnSync(process.execPath, ['src/cli/bin.ts', ...args], { cwd: image, encoding: 'utf8', env })
}

t.test('check, doctor and sends work', async t => {
  t.match(run('check', 'examples/blocks/welcome.json'), { status: 0, stdout: /1 file checked: 0 errors/ })
  t.match(run('doctor').stdout, /^ok +blocks /m)
  t.match(run('sends', '--url', `http://127.0.0.1:${await freePort()}`), { status: 2, stdout: /No server answers/ })
})

t.test('what is for development says that it is missing', async t => {
  for (const name of ['chat', 'new', 'replay'])
    t.match(run(name, 'size'), {
      status: 2,
      stdout: `DYN_DEV_MISSING: The installation has no development tools, as in the image, but dynablock ${name} needs them.`,
    })
})

t.test('an unknown command names the nearest', async t => {
  t.match(run('send'), { status: 2, stdout: /^No command is called "send"\. Did you mean "sends"\?\n\nUsage/ })
  t.match(run(), { status: 0, stdout: /^Usage/ })
})

t.test('the server serves in production, and in development says what is missing', async t => {
  const env = { HOST: '127.0.0.1', DATA_DIR: folderOf(t) }
  const port = String(await freePort())
  const program = join(image, 'start.js')
  const server = startServer(t, image, { ...env, ...production, PORT: port }, program)
  await server.printed(/Server listening/)
  t.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200)
  server.child.kill('SIGTERM')
  t.equal(await server.exit, 0)
  const other = startServer(t, image, { ...env, PORT: port }, program)
  t.equal(await other.exit, 1)
  t.match(other.output(), /^DYN_DEV_MISSING: .*but the simulator needs them\./)
})
