/** SIGTERM reaches the server through the shell of `npm start`, and an older Node prints one line and exits. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import t, { type Test } from 'tap'
import { folderOf, freePort } from './helper.ts'

const root = join(import.meta.dirname, '..')
const bin = join(root, 'node_modules/.bin')
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

t.test('SIGTERM to npm start ends the server', async t => {
  t.same(await terminate(t, 'npm', ['start', '--silent'], root), [0, null])
})

t.test('and so it does where npm runs the command in a shell, as npx does', async t => {
  const command = `${process.execPath} ${join(root, 'src/cli/bin.ts')} serve; true`
  await terminate(t, 'npm', ['exec', '--offline', '--call', command], folderOf(t, { 'package.json': '{}' }))
})

t.test('an older Node is told, in one line, before anything else is loaded', async t => {
  const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.17.9' } })`
  const hook = ['--import', `data:text/javascript,${encodeURIComponent(older)}`]
  for (const program of ['start.js', 'src/cli/bin.ts']) {
    const { status, stderr } = spawnSync(process.execPath, [...hook, program], { cwd: root, encoding: 'utf8' })
    t.equal(status, 1, program)
    t.match(
      stderr,
      new RegExp(`^dynablock needs Node\\.js ${engines.node.slice(2)} or newer; this is v[\\d.]+\\. Update it, .*\\n$`),
    )
    t.notMatch(readFileSync(join(root, program), 'utf8'), /^import /m, 'nothing is linked before')
  }
})

/** Starts the server by a command, and sends SIGTERM to the command's process only; resolves once the port is free. */
async function terminate(t: Test, command: string, args: string[], cwd: string) {
  const port = await freePort()
  const { PATH, HOME } = process.env
  const child = spawn(command, args, {
    cwd,
    env: {
      PATH: `${bin}${delimiter}${PATH}`,
      HOME,
      NODE_ENV: 'development',
      PORT: String(port),
      DATA_DIR: folderOf(t),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  t.teardown(() => killGroup(child.pid as number))
  const ended = once(child, 'exit')
  // The server shares this pipe, so it closes when the last process ends.
  const closed = once(child.stdout, 'close')
  let printed = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk
    if (printed.includes('in the simulator')) break
  }
  t.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200)
  child.stdout.resume()
  child.kill('SIGTERM')
  const end = await ended
  await closed
  await t.rejects(fetch(`http://127.0.0.1:${port}/healthz`))
  return end
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Already ended.
  }
}
