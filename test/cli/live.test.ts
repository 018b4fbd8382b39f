import t from 'tap'
import { runLive } from '../../src/cli/live.ts'

async function run(args: string[], env: Record<string, string> = {}) {
  let written = ''
  const write = (text: string) => {
    written += text
  }
  const started: (string | undefined)[] = []
  const serve = async (url?: string) => {
    started.push(url)
    return 1
  }
  return { code: await runLive(args, { env, write, serve }), written, started }
}

t.test('it starts the server behind the address, and returns its exit code', async t => {
  t.same(await run(['--url', 'https://b.test']), { code: 1, written: '', started: ['https://b.test'] })
})

t.test('without an address it prints the two lines that start a tunnel and the server', async t => {
  const { code, written, started } = await run([], { PORT: '4000' })
  t.same([code, started], [0, []])
  t.match(written, '  cloudflared tunnel --url http://localhost:4000\n  npx dynablock live --url https://<address>\n')
  t.match((await run([])).written, 'http://localhost:3000\n')
})

t.test('its help starts nothing, nor do options that it has not', async t => {
  t.match(await run(['--help']), { code: 0, written: /^Usage: dynablock live/, started: [] })
  t.match(await run(['--address', 'x']), { code: 2, written: /No option is called "--address"/, started: [] })
})
