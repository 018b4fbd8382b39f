/** Rules that keep `src` readable: imports in one direction, named exports, short files with plain names. */
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

/** The folders and files that each folder may import besides itself. The files at the top connect the folders. */
const base = ['settings', 'errors', 'json', 'log.ts']
const directions: Record<string, string[]> = {
  settings: ['errors', 'blocks'],
  errors: [],
  json: ['errors'],
  content: base,
  outbound: [...base, 'manychat'],
  manychat: [...base, 'content', 'outbound'],
  chatfuel: [...base, 'outbound', 'manychat'],
  blocks: [...base, 'content', 'manychat', 'calls'],
  calls: [...base, 'content', 'outbound', 'manychat', 'blocks', 'queue', 'delivery'],
  store: [...base, 'outbound', 'manychat'],
  queue: [...base, 'outbound', 'store'],
  delivery: [...base, 'content', 'outbound', 'manychat', 'chatfuel', 'blocks', 'queue', 'ops'],
  // What is known about contacts: their turns, memory and erasure.
  contacts: [...base, 'outbound', 'blocks', 'calls', 'store', 'queue'],
  sends: [
    ...base,
    'contacts',
    'content',
    'outbound',
    'manychat',
    'chatfuel',
    'blocks',
    'calls',
    'store',
    'queue',
    'delivery',
  ],
  webhook: [...base, 'blocks', 'calls', 'manychat', 'content'],
  ops: [...base, 'webhook', 'calls', 'delivery', 'sends', 'queue', 'outbound', 'manychat', 'content'],
  // The doctor checks every part of a server.
  cli: [
    ...base,
    'webhook',
    'blocks',
    'calls',
    'content',
    'outbound',
    'manychat',
    'chatfuel',
    'store',
    'queue',
    'delivery',
    'sends',
    'dev',
  ],
  // A recording reads incoming calls.
  dev: [...base, 'cli', 'webhook', 'sends', 'queue', 'delivery', 'blocks', 'calls', 'content', 'outbound', 'manychat'],
  'log.ts': base,
  'index.ts': [...base, 'blocks', 'content', 'outbound', 'manychat', 'chatfuel', 'queue', 'sends'],
}
const builders = ['app', 'app.ts', 'server.ts', 'testing.ts']

t.test('imports point one way', async t => {
  const astray = files.flatMap(({ path, room, own }) => {
    if (builders.includes(room)) return []
    // Commands that need the whole server start it as tests do, or as the process does.
    const allowed = [room, ...(directions[room] ?? []), ...(path === 'cli/cli.ts' ? ['testing.ts', 'server.ts'] : [])]
    return own.filter(target => !allowed.includes(roomOf(target))).map(target => `${path} imports ${target}`)
  })
  t.same(astray, [])
  t.same(
    pathsOf(files, ({ path, own }) => own.includes('server.ts') && path !== 'cli/cli.ts'),
    [],
  )
})

t.test('all but dev runs without dev, which the image leaves out', async t => {
  const others = files.filter(({ path, room }) => room !== 'dev' && path !== 'testing.ts')
  t.same(
    pathsOf(others, ({ code }) => /^(?:import|export) (?!type\b)[^']*from '[^']*\/dev\//m.test(code)),
    [],
  )
})

t.test('only the edges know fastify', async t => {
  const edges =
    /^(app|server)\.ts$|^(app|webhook|ops)\/|^json\/contract\.ts$|^(contacts|content|sends)\/routes\.ts$|^dev\/simulator\/|^dev\/record\/record\.ts$/
  const others = files.filter(({ path }) => !edges.test(path))
  t.same(
    pathsOf(others, ({ specifiers }) => specifiers.some(name => /^@?fastify(\/|$)/.test(name))),
    [],
  )
})

t.test('only what is a process touches it', async t => {
  const others = files.filter(({ path }) => !['server.ts', 'cli/cli.ts', 'cli/bin.ts'].includes(path))
  t.same(
    pathsOf(others, ({ code }) => /\bprocess\.|\bconsole\./.test(code)),
    [],
  )
  t.same(
    pathsOf(others, ({ specifiers }) => specifiers.includes('node:process')),
    [],
  )
})

t.test('exports have names', async t => {
  t.same(
    pathsOf(files, ({ code }) => /^export (default|\*)/m.test(code)),
    [],
  )
})

t.test('imports name their file, and dependencies are declared', async t => {
  const { dependencies } = JSON.parse(readFileSync(join(root, '../package.json'), 'utf8'))
  const isGood = (name: string) => {
    if (name.startsWith('.')) return name.endsWith('.ts')
    const [dependency = ''] = /^(?:@[^/]+\/)?[^/]+/.exec(name) ?? []
    return name.startsWith('node:') || dependency in dependencies
  }
  const bad = files.flatMap(({ path, specifiers }) =>
    specifiers.filter(name => !isGood(name)).map(name => `${path}: ${name}`),
  )
  t.same(bad, [])
})

t.test('files are short and have plain names', async t => {
  const plain = /^([a-z]+(-[a-z]+)*\/){0,2}[a-z][a-z0-9]*(-[a-z0-9]+)*\.ts$/
  t.same(
    pathsOf(files, ({ path }) => !plain.test(path)),
    [],
  )
  t.same(
    pathsOf(files, ({ lines }) => lines > 250),
    [],
  )
})

t.test('the folders are those of the layout', async t => {
  t.ok(files.length > 30)
  t.same([...new Set(files.map(({ room }) => room))].sort(), [...Object.keys(directions), ...builders].sort())
})

function pathsOf(some: typeof files, isSo: (file: (typeof files)[0]) => boolean): string[] {
  return some.filter(isSo).map(({ path }) => path)
}

function roomOf(path: string): string {
  return path.split('/')[0] as string
}
