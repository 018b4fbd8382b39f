import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { ana, folderOf, freePort } from './helper.ts'
import { good, production } from './production.ts'
import { startProgram, startServer } from './run-server.ts'
import { until } from './until.ts'

const hello = `import { defineBlock } from 'dynablock'\nexport default defineBlock({ open: ({ contact }) => contact.id })\n`
/** A block that answers when the test does. */
const slow = (gate: number) => `import { defineBlock } from 'dynablock'
export default defineBlock({ open: async () => (await fetch('http://127.0.0.1:${gate}')).text() })
`

t.test('in development it starts with nothing set, and prints a line that works', async t => {
  const server = start(t, { PORT: String(await freePort()) }, { 'blocks/hello.ts': hello })
  await server.printed(/ -d '.*'\n/)
  t.match(server.output(), /serves 1 block from blocks: hello/)
  const curl = /curl -s[\s\S]*?-d '.*'/.exec(server.output())?.[0] as string
  const { stdout } = spawnSync('sh', ['-c', curl], { encoding: 'utf8' })
  t.same(JSON.parse(stdout), { version: 'v2', content: { messages: [{ type: 'text', text: '9007199254740993123' }] } })
  server.child.kill('SIGTERM')
  t.equal(await server.exit, 0)
})

t.test('behind a tunnel it is development too, and a setting that nobody knows is pointed out', async t => {
  const env = { PORT: String(await freePort()), REPLY_WITHIN: '5' }
  const args = ['src/cli/bin.ts', 'live', '--url', 'https://tunnel.test']
  const server = startProgram(t, folderOf(t, { 'blocks/hello.ts': hello }), env, args)
  await server.printed(/serves 1 block/)
  t.match(server.output(), 'REPLY_WITHIN is set, but no setting has this name. Did you mean REPLY_WITHIN_MS?')
  t.match(server.output(), 'https://tunnel.test')
  server.child.kill('SIGTERM')
  t.equal(await server.exit, 0)
})

t.test('a promise that a block forgot ends no server, whatever it rejects with, and names nobody', async t => {
  const forgets = (what: string) =>
    `import { defineBlock } from 'dynablock'
export default defineBlock({ open: ({ contact }) => { Promise.reject(${what}); return 'Hello' } })\n`
  const server = start(
    t,
    { PORT: String(await freePort()) },
    { 'blocks/nothing.ts': forgets('null'), 'blocks/contact.ts': forgets('contact') },
  )
  await server.printed(/ -d '.*'\n/)
  const [curl = ''] = /curl -s[\s\S]*?-d '.*'/.exec(server.output()) ?? []
  const body = JSON.stringify({ id: '7', name: 'canary', phone: '34600111222', code: '34600111222', message: 'canary' })
  for (const block of ['nothing', 'contact', 'nothing']) {
    const command = curl.replace(/\/blocks\/\w+/, `/blocks/${block}`).replace(/-d '.*'/, `-d '${body}'`)
    t.match(JSON.parse(spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout), { version: 'v2' })
  }
  await server.printed(/(?:unhandled promise rejection[\s\S]*){3}/)
  t.notMatch(server.output(), /canary|34600111222/)
  t.equal(server.child.exitCode, null)
})

t.test('without a folder of its own it serves the examples', async t => {
  const server = start(t, { PORT: String(await freePort()) }, {})
  await server.printed(/ -d '.*'\n/)
  t.match(server.output(), /examples\/blocks: .*size/)
  t.match(server.output(), /\/blocks\/size \\/)
})

t.test('settings may stand in .env, and those of the environment win', async t => {
  const port = String(await freePort())
  const server = start(
    t,
    { PORT: port },
    {
      'blocks/hello.ts': hello,
      '.env': `PORT=1\nWEBHOOK_SECRETS=${good}\nLOG_LEVEL=silent\n`,
    },
  )
  await server.printed(/ -d '.*'\n/)
  t.equal((await call(port, 'hello')).status, 200)
  t.notMatch(server.output(), /made[ -]up/)
})

t.test('a variable that looks like a setting and is none is named in the log', async t => {
  const env = { PORT: String(await freePort()), LATE_WITHIN: 'canary' }
  const server = start(t, env, { 'blocks/hello.ts': hello })
  await server.printed(/ -d '.*'\n/)
  t.match(server.output(), 'LATE_WITHIN is set, but no setting has this name. Did you mean LATE_WITHIN_MS?')
  t.notMatch(server.output(), /canary/)
})

t.test('on SIGTERM the call that runs is answered, and the process ends well', async t => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<ServerResponse>()
  const gate = createHttpServer((_request, response) => ask(response)).listen(0, '127.0.0.1')
  t.teardown(() => gate.close())
  await once(gate, 'listening')
  const port = String(await freePort())
  const block = slow((gate.address() as { port: number }).port)
  const server = start(t, { ...production, HOST: '127.0.0.1', PORT: port }, { 'blocks/slow.ts': block })
  await server.printed(/Server listening/)
  t.notMatch(server.output(), /curl/, 'production prints no line with a secret')
  t.equal((await fetch(`http://127.0.0.1:${port}/simulator`)).status, 404, 'nor does it play ManyChat')
  t.notMatch(server.output(), good)

  const answer = call(port, 'slow')
  const held = await asked
  server.child.kill('SIGTERM')
  await refusing(port)
  held.end('Answered all the same')
  const response = await answer
  t.equal(response.status, 200)
  t.match(await response.text(), /Answered all the same/)
  t.equal(await server.exit, 0)
})

t.test('where a balancer asks, /readyz says draining first, and calls are taken on', async t => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<ServerResponse>()
  const gate = createHttpServer((_request, response) => ask(response)).listen(0, '127.0.0.1')
  t.teardown(() => gate.close())
  await once(gate, 'listening')
  const [port, metricsPort] = [String(await freePort()), String(await freePort())]
  const server = start(
    t,
    { ...production, HOST: '127.0.0.1', PORT: port, METRICS_PORT: metricsPort },
    { 'blocks/slow.ts': slow((gate.address() as { port: number }).port), 'blocks/hello.ts': hello },
  )
  await server.printed(/Server listening/)
  const readiness = async () =>
    ((await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as { status: string }).status
  t.match(await readiness(), /ready/)
  const answer = call(port, 'slow')
  const held = await asked
  server.child.kill('SIGTERM')
  await until(async () => (await readiness()) === 'draining')
  t.equal((await call(port, 'hello')).status, 200)
  t.match(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(), 'dynablock_calls_total{block="hello"')
  held.end('Answered all the same')
  t.match(await (await answer).text(), /Answered all the same/)
  t.equal(await server.exit, 0)
})

t.test('what the operator can mend stops the boot, is said in a line and without a stack', async t => {
  for (const [what, env, files, words] of [
    [
      'settings',
      { NODE_ENV: 'production' },
      {},
      /^DYN_SETTINGS_REFUSED: .*\n- PUBLIC_URL: .*\n- WEBHOOK_SECRETS: .*\n- STATE_KEYS: .*\n$/,
    ],
    [
      'blocks',
      {},
      { 'blocks/broken.ts': 'nonsense(' },
      /^DYN_BLOCKS_REFUSED: .* blocks could not be loaded:\n- broken\.ts: it does not load/,
    ],
    ['a store of a newer release', { DATA_DIR: newerStore(t) }, { 'blocks/hello.ts': hello }, /DYN_STORE_NEWER: /],
    ['a store that is none', { DATABASE_URL: 'nonsense' }, {}, /^DYN_SETTINGS_REFUSED: .*\n- DATABASE_URL: /],
    [
      'a folder',
      { BLOCKS_DIR: 'nowhere' },
      {},
      /^DYN_BLOCKS_REFUSED: .* nowhere could not be loaded:\n- nowhere: the folder can’t be read/,
    ],
  ] as [string, Record<string, string>, Record<string, string>, RegExp][]) {
    const server = start(t, env, files)
    t.equal(await server.exit, 1, what)
    t.match(server.output(), words)
    t.notMatch(server.output(), /\n\s+at .*src\//)
  }
})

t.test('a port that is taken ends the process, in development as in production', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  for (const env of [{}, production]) {
    const server = start(t, { ...env, HOST: '127.0.0.1', PORT: String(port) }, { 'blocks/hello.ts': hello })
    t.equal(await server.exit, 1)
    t.match(server.output(), /EADDRINUSE/)
  }
})

t.test('another failure at the start is told as it is', async t => {
  const server = start(
    t,
    // Makes the module of the docs fail to load.
    {
      PORT: String(await freePort()),
      NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(breakDocs)}"`,
    },
    { 'blocks/hello.ts': hello },
  )
  t.equal(await server.exit, 1)
  t.match(server.output(), /no docs today/)
  t.notMatch(server.output(), /DYN_LISTEN_FAILED/)
})

const breakDocs = `import { registerHooks } from 'node:module'
registerHooks({
  resolve(name, context, next) {
    if (name.startsWith('@scalar/')) throw new Error('no docs today')
    return next(name, context)
  },
})`

function start(t: Test, env: Record<string, string>, files: Record<string, string>) {
  return startServer(t, folderOf(t, files), env)
}

/** A folder with a store of a newer version. */
function newerStore(t: Test): string {
  const folder = folderOf(t)
  const db = new Database(join(folder, 'sends.sqlite'))
  db.exec('create table dynablock_migrations (version integer primary key, applied_at bigint not null)')
  db.exec('insert into dynablock_migrations values (999, 0)')
  db.close()
  return folder
}

/** Resolves when the port no longer accepts connections. */
async function refusing(port: string): Promise<void> {
  await until(async () => {
    const socket = connect(Number(port), '127.0.0.1')
    const isOpen = await new Promise(resolve => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    return !isOpen
  })
}

function call(port: string, block: string): Promise<Response> {
  const headers = { authorization: `Bearer ${good}`, 'content-type': 'application/json' }
  return fetch(`http://127.0.0.1:${port}/blocks/${block}`, { method: 'POST', headers, body: ana })
}
