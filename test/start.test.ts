/** How the process is started: what `npm start` and the image run is `start.js`, with the same options of Node. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { folderOf, freePort } from './helper.ts'
import { startServer } from './run-server.ts'

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
/** What no start has compiled. */
const hello = `// ${randomUUID()}
import { defineBlock } from 'dynablock'\nexport default defineBlock({ open: (): string => 'hello' })\n`

t.test('the image runs what npm start does', async t => {
  const [, command] = /^CMD (.*)$/m.exec(readFileSync('Dockerfile', 'utf8')) as RegExpExecArray
  t.equal(JSON.parse(command as string).join(' '), scripts.start)
})

t.test('a second start neither strips types nor readies a client that nobody uses', async t => {
  const cwd = folderOf(t, { 'blocks/hello.ts': hello })
  t.match(await loadedBy(cwd), /stripper: true/, 'the first does, as the block is new')
  t.match(await loadedBy(cwd), /stripper: false, client: false/)

  /** What of Node a process has loaded at its end. */
  async function loadedBy(cwd: string): Promise<string> {
    const tell = `process.on('exit', () => {
      const loads = name => process.moduleLoadList.includes('NativeModule internal/deps/' + name)
      console.log('stripper: ' + loads('amaro/dist/index') + ', client: ' + loads('undici/undici'))
    })`
    const server = startServer(t, cwd, {
      PORT: String(await freePort()),
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://bot.test',
      WEBHOOK_SECRETS: 'f3a9c1d27b604e58a1c2d3e4f5061728394a5b6c7d8e9f00',
      STATE_KEYS: '0f9e8d7c6b5a4938271605f4e3d2c1a85e406b72d1c9a3f0',
      NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(tell)}"`,
      // What runs for coverage is compiled each time.
      NODE_V8_COVERAGE: '',
    })
    await server.printed(/Server listening/)
    server.child.kill('SIGTERM')
    await server.exit
    return server.output()
  }
})
