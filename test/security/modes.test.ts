/** What starts development, and what doesn't: each in its own process, as an operator starts it. */
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { folderOf, freePort } from '../helper.ts'
import { otherAddress } from '../other-address.ts'
import { good } from '../production.ts'
import { startProgram } from '../run-server.ts'

const hello = `import { defineBlock } from 'dynablock'\nexport default defineBlock({ open: () => 'Hello' })\n`
/** What the README has an operator write. */
const readmeSettings = `PUBLIC_URL=https://bot.example.com\nWEBHOOK_SECRETS=${good}\nSTATE_KEYS=${good}1\n`
const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')

const npmStart = ['start.js', '--development']

// Each case starts a process.
t.setTimeout(180_000)

async function start(t: Test, args: string[], settings: string, env: Record<string, string> = {}) {
  const port = await freePort()
  const cwd = folderOf(t, { 'blocks/hello.ts': hello, '.env': settings })
  const given = { PORT: String(port), DATA_DIR: join(cwd, 'data'), ...env }
  return { port, ...startProgram(t, cwd, given, args) }
}

t.test('V1: only npm start in a clone, NODE_ENV=development and live start development', async t => {
  const production: [string, string[], string][] = [
    ['start.js', ['start.js'], readmeSettings],
    ['src/server.ts', ['src/server.ts'], readmeSettings],
    ['dynablock serve', ['src/cli/bin.ts', 'serve'], readmeSettings],
    ['dynablock serve with a copy of .env.example', ['src/cli/bin.ts', 'serve'], `${example}\n${readmeSettings}`],
    ['npm start with NODE_ENV=production in .env', npmStart, `${readmeSettings}NODE_ENV=production\n`],
  ]
  const started = production.map(async ([name, args, settings]) => {
    const server = await start(t, args, settings)
    await server.printed(/Server listening/)
    for (const path of ['/simulator', '/simulator/setup', '/docs', '/openapi.json']) {
      t.equal((await fetch(`http://127.0.0.1:${server.port}${path}`)).status, 404, `${name}: ${path}`)
    }
    t.notMatch(server.output(), 'token=', name)
    server.child.kill('SIGKILL')
  })
  await Promise.all(started)

  const development: [string[], Record<string, string>][] = [
    [npmStart, {}],
    [['src/cli/bin.ts', 'serve'], { NODE_ENV: 'development' }],
    [['src/cli/bin.ts', 'live', '--url', 'https://blue-moon.example'], {}],
  ]
  const opened = development.map(async ([args, env]) => {
    const server = await start(t, args, '', env)
    await server.printed(/simulator\?token=/)
    server.child.kill('SIGKILL')
  })
  await Promise.all(opened)
})

t.test('V2: development is for this machine unless HOST is set, and not for https', async t => {
  const server = await start(t, npmStart, '')
  await server.printed(/simulator\?token=/)
  t.equal((await fetch(`http://localhost:${server.port}/healthz`)).status, 200)
  t.equal(await reaches(otherAddress, server.port), false, otherAddress)
  const open = await start(t, npmStart, '', { HOST: '0.0.0.0' })
  await open.printed(/simulator\?token=/)
  t.equal(await reaches(otherAddress, open.port), true, otherAddress)
  const refused = await start(t, npmStart, readmeSettings)
  t.equal(await refused.exit, 1)
  t.match(refused.output(), /^DYN_SETTINGS_REFUSED: .*\n- PUBLIC_URL: .* Set NODE_ENV=production where ManyChat calls/)
})

function reaches(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, host)
    socket
      .once('error', () => resolve(false))
      .once('connect', () => {
        socket.destroy()
        resolve(true)
      })
  })
}
