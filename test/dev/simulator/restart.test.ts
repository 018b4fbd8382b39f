/** A real crash during a late reply: the process is replaced, and the page continues. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { folderOf } from '../../helper.ts'
import { onBrowser } from '../../needs.ts'
import { openBrowser } from './browser.ts'

t.setTimeout(180_000)

const program = fileURLToPath(new URL('../../../src/server.ts', import.meta.url))
/** Coverage is written when a process ends, but a replaced process gets no exit event: emit one before. */
const tellsEnd = `data:text/javascript,${encodeURIComponent(`
  const { execve } = process
  process.execve = (...args) => {
    process.emit('exit', 0)
    execve.apply(process, args)
  }
`)}`
/** A block that answers when the test does, with its text. */
const slow = (gate: number) => `import { defineBlock } from 'dynablock'
export default defineBlock({
  waiting: 'One moment…',
  open: async ({ attempt }) => (await fetch('http://127.0.0.1:${gate}')).text().then(text => text + attempt),
})
`

t.test(
  'a late reply survives the restart, and so do the conversation, the port and the secrets',
  onBrowser,
  async t => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<ServerResponse>()
    const { promise: askedAgain, resolve: again } = Promise.withResolvers<ServerResponse>()
    const asks = [ask, again]
    const gate = createServer((_request, response) => asks.shift()?.(response)).listen(0, '127.0.0.1')
    await once(gate, 'listening')
    t.teardown(() => gate.closeAllConnections())
    t.teardown(() => gate.close())
    const server = await startServer(t, slow((gate.address() as AddressInfo).port))

    const { page, phone, complaints } = await openBrowser(t, { url: server.url })
    await phone.shows('One moment…')
    await asked
    await page.getByRole('button', { name: '+ 5 min' }).click()
    await page.getByRole('button', { name: 'Crash and restart' }).click()
    await server.printed(/restarted by the simulator/)
    await phone.shows('One moment…')
    await phone.shows('5 minutes later')
    await page.getByText('5 minutes ahead').waitFor()
    // From the next process, once the dead one's lease has expired.
    ;(await askedAgain).end('Here it is, at attempt ')
    await phone.shows('Here it is, at attempt 2')
    await phone.shows('Delivered later')
    for (const complaint of complaints) t.match(complaint, /net::ERR_|404/, 'while the server was away')
  },
)

async function startServer(t: Test, block: string) {
  const cwd = folderOf(t, { 'blocks/slow.ts': block })
  const env = { PATH: process.env.PATH, NODE_ENV: 'development', PORT: '0', REPLY_WITHIN_MS: '50' }
  const child = spawn(process.execPath, ['--import', tellsEnd, program], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
  })
  let text = ''
  let hear = () => {}
  child.stdout.setEncoding('utf8').on('data', chunk => {
    text += chunk
    hear()
  })
  const address = /http:\/\/localhost:\d+\/simulator\?token=\w+/
  await printed(address)
  const [url = ''] = address.exec(text) ?? []
  return { url, printed }

  function printed(words: RegExp): Promise<void> {
    return new Promise(resolve => {
      hear = () => words.test(text) && resolve()
      hear()
    })
  }
}
