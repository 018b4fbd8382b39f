/** Starting the process: `npm start` and the image run `start.js` with the same options of Node. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { folderOf, freePort } from './helper.ts'
import { production } from './production.ts'
import { startServer } from './run-server.ts'

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
/** A block that isn't in any compile cache. */
const hello = `// ${randomUUID()}
import { defineBlock } from 'dynablock'\nexport default defineBlock({ open: (): string => 'hello' })\n`

t.test('the image runs what npm start does', async t => {
  const [, command] = /^CMD (.*)$/m.exec(readFileSync('Dockerfile', 'utf8')) as RegExpExecArray
  t.equal(
    JSON.parse(command as string).join(' '),
    scripts.start.replace(/^exec (.*) --development$/, '$1'),
    'in production',
  )
})

t.test('a second start neither strips types nor readies a client that nobody uses', async t => {
  const cwd = folderOf(t, { 'blocks/hello.ts': hello })
  t.match(await loadedBy(cwd), /stripper: true/, 'the first does, as the block is new')
  t.match(await loadedBy(cwd), /stripper: false, client: false/)

  /** Which of two large parts of Node a server has loaded by its end. */
  async function loadedBy(cwd: string): Promise<string> {
    const tell = `process.on('exit', () => {
      const loads = name => process.moduleLoadList.includes('NativeModule internal/deps/' + name)
      console.log('stripper: ' + loads('amaro/dist/index') + ', client: ' + loads('undici/undici'))
    })`
    const server = startServer(t, cwd, {
      PORT: String(await freePort()),
      ...production,
      NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(tell)}"`,
      // Coverage would disable the compile cache.
      NODE_V8_COVERAGE: '',
    })
    await server.printed(/Server listening/)
    server.child.kill('SIGTERM')
    await server.exit
    return server.output()
  }
})
