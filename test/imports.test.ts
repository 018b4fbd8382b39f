/** Holds what keeps `src` readable: imports that point one way, named exports, short files with plain names. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('../src/', import.meta.url))
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts'))
  .map(path => {
    const text = readFileSync(join(root, path), 'utf8')
    const code = text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '')
    const specifiers = [...code.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) => String(name))
    const own = specifiers
      .filter(name => name.startsWith('.'))
      .map(name => relative(root, join(root, dirname(path), name)))
    return { path, code, lines: text.split('\n').length - 1, specifiers, own, room: roomOf(path) }
  })

/** What each folder may import of ours, beside itself. The files at the top put the rooms together. */
const directions: Record<string, string[]> = {
  content: ['errors.ts'],
  blocks: ['content', 'manychat', 'errors.ts', 'exact-json.ts', 'json-position.ts'],
  manychat: ['content', 'errors.ts', 'exact-json.ts'],
  chatfuel: ['manychat', 'errors.ts', 'exact-json.ts'],
  sends: ['blocks', 'manychat', 'chatfuel', 'content', 'counters.ts', 'errors.ts', 'exact-json.ts'],
  webhook: ['blocks', 'manychat', 'content', 'errors.ts', 'exact-json.ts'],
  ops: ['webhook', 'sends', 'manychat', 'content', 'counters.ts', 'errors.ts', 'exact-json.ts'],
  // The doctor looks at all of a server, and a recording at what comes in.
  dev: [
    'webhook',
    'sends',
    'blocks',
    'content',
    'manychat',
    'config.ts',
    'errors.ts',
    'exact-json.ts',
    'json-position.ts',
  ],
  'errors.ts': ['call-errors.ts', 'chat-errors.ts', 'send-errors.ts'],
  'chat-errors.ts': [],
  'call-errors.ts': [],
  'send-errors.ts': [],
  'counters.ts': [],
  'exact-json.ts': [],
  'json-position.ts': [],
  'settings.ts': ['blocks'],
  'settings-rules.ts': ['settings.ts'],
  'config.ts': ['settings.ts', 'settings-rules.ts', 'errors.ts'],
  'log.ts': ['blocks', 'config.ts'],
  'start-message.ts': ['config.ts'],
  'index.ts': ['blocks', 'content', 'manychat', 'chatfuel', 'errors.ts'],
}
const builders = ['app.ts', 'server.ts', 'testing.ts']

t.test('imports point one way', async t => {
  for (const { path, room, own } of files) {
    if (builders.includes(path)) continue
    const allowed = directions[room]
    t.ok(allowed, `${room} has a direction`)
    for (const target of own.map(roomOf)) {
      // A command that needs the whole server goes the way of the tests, or of the process.
      if (path === 'dev/cli.ts' && (target === 'testing.ts' || target === 'server.ts')) continue
      if (target !== room) t.ok(allowed?.includes(target), `${path} imports ${target}`)
    }
  }
  for (const { path, own } of files) {
    if (!builders.includes(path)) t.notOk(own.includes('app.ts'), `${path} does not import the app`)
    if (path !== 'dev/cli.ts') t.notOk(own.includes('server.ts'), `${path} does not import the server`)
  }
})

t.test('only the edges know fastify', async t => {
  const edges =
    /^(app|server|log)\.ts$|^(webhook|ops)\/|^sends\/routes\.ts$|^dev\/simulator\/|^dev\/record\/record\.ts$/
  for (const { path, specifiers } of files) {
    const known = specifiers.filter(name => /^@?fastify(\/|$)/.test(name))
    if (!edges.test(path)) t.same(known, [], path)
  }
})

t.test('only what is a process touches it', async t => {
  for (const { path, code, specifiers } of files) {
    if (['server.ts', 'dev/cli.ts'].includes(path)) continue
    t.notMatch(code, /\bprocess\.|\bconsole\./, path)
    t.notOk(specifiers.includes('node:process'), path)
  }
})

t.test('exports have names', async t => {
  for (const { path, code } of files) t.notOk(/^export (default|\*)/m.test(code), path)
})

t.test('imports name their file, and dependencies are declared', async t => {
  const { dependencies } = JSON.parse(readFileSync(join(root, '../package.json'), 'utf8'))
  for (const { path, specifiers } of files) {
    for (const name of specifiers) {
      if (name.startsWith('.')) t.match(name, /\.ts$/, `${path}: ${name}`)
      else if (!name.startsWith('node:')) {
        const [, dependency] = /^((?:@[^/]+\/)?[^/]+)/.exec(name) ?? []
        t.ok(dependency && dependency in dependencies, `${path}: ${name}`)
      }
    }
  }
})

t.test('files are short and have plain names', async t => {
  for (const { path, lines } of files) {
    t.match(path, /^([a-z]+(-[a-z]+)*\/){0,2}[a-z][a-z0-9]*(-[a-z0-9]+)*\.ts$/)
    t.ok(lines <= 250, `${path} has ${lines} lines`)
  }
})

t.test('the folders are those of the layout', async t => {
  t.ok(files.length > 30)
  t.same([...new Set(files.map(({ room }) => room))].sort(), [...Object.keys(directions), ...builders].sort())
})

function roomOf(path: string): string {
  return path.split('/')[0] as string
}
