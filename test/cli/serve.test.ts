import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { runServe } from '../../src/cli/serve.ts'

t.test('it starts the server, and returns its exit code', async t => {
  t.equal(await runServe([], { write: () => undefined, serve: async () => 1 }), 1)
})

t.test('its help starts nothing, nor do options that it has not', async t => {
  for (const [arg, code] of [
    ['--help', 0],
    ['--port=1', 2],
  ] as const) {
    let written = ''
    const write = (text: string) => {
      written += text
    }
    t.equal(await runServe([arg], { write, serve: () => Promise.reject(new Error('started')) }), code)
    t.match(written, /BLOCKS_DIR.*Example: PORT=8080 dynablock serve/s)
  }
})

t.test('npx dynablock runs it', async t => {
  const cli = fileURLToPath(new URL('../../src/cli/cli.ts', import.meta.url))
  const env = { PATH: process.env.PATH, NODE_ENV: 'production' }
  const child = spawn(process.execPath, [cli, 'serve'], { cwd: t.testdir({}), env })
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  t.equal(code, 1)
  t.match(said, /DYN_SETTINGS_REFUSED/)
})
