import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { defineBlock } from '../../src/blocks/define.ts'
import { runAppKeys } from '../../src/cli/app-keys.ts'
import { serveLate } from '../calls/late-server.ts'
import { folderOf, post, secret } from '../helper.ts'

const hello = defineBlock({ open: () => 'Hello' })
const token = 'the-token-that-removes-app-keys-32'

async function setUp(t: Test) {
  const apiTokens = [`ops:apps:${token}`]
  const { app, platform, ready } = await serveLate(t, { dataDir: folderOf(t) }, { hello }, { apiTokens })
  await ready()
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  return { install, command }

  async function install(page: string) {
    platform.answerWith({ body: `{"status":"success","data":{"id":${page}}}` })
    await post(app, '/apps/installed', { app_token: 'key', app_id: 7 }, { authorization: `Bearer ${secret}` })
  }

  /** Runs the command; returns its exit code and output. */
  async function command(...args: string[]): Promise<[number, string]> {
    let written = ''
    const write = (text: string) => {
      written += text
    }
    const env = { API_TOKENS: `shop:sends:x, ops:apps:${token}` }
    return [await runAppKeys([...args, '--url', url], { env, fetch, write }), written]
  }
}

t.test('it lists the pages that the app is installed on, and removes App Keys', async t => {
  const { install, command } = await setUp(t)
  t.same(await command('list'), [0, 'none\n'])
  await install('55')
  await install('666')
  t.match(await command('list'), [0, /^page 55 {2}app 7 {2}installed \S+Z\npage 666 {2}app 7 {2}installed \S+Z\n$/])
  const [, lines] = await command('list', '--json')
  t.match(JSON.parse(lines.split('\n')[0] as string), { page: '55', app_id: '7', uninstalled_at: null })
  t.same(await command('remove', '666'), [0, 'page 666: removed\n'])
  t.match(await command('remove', '666', '55'), [1, /^page 666: The app is not installed .*\npage 55: removed\n$/])
  t.same(await command('list'), [0, 'none\n'])
})

t.test('what it can not do it says', async t => {
  const { command } = await setUp(t)
  t.match(await command('--help'), [0, /^Usage: dynablock app-keys list/])
  for (const args of [[], ['remove'], ['list', '5'], ['add', '5']]) t.match(await command(...args), [2, /^Usage/])
  t.match(await command('list', '--token', 'wrong'), [2, /refuses the token.* it needs the scope apps/])
  t.match(await command('list', '--tokn', 'wrong'), [2, /Did you mean "--token"/])
})

t.test('an uninstalled app and a server without a store are told apart', async t => {
  const write: string[] = []
  const listed = { page: '5', app_id: null, installed_at: 'then', uninstalled_at: 'later' }
  const answer = (body: object) => async () => new Response(JSON.stringify(body))
  const run = (fetch: () => Promise<Response>) =>
    runAppKeys(['list'], { env: {}, fetch, write: text => void write.push(text) })
  t.equal(await run(answer({ app_keys: [listed] })), 0)
  t.equal(await run(answer({ detail: 'The store failed.' })), 2)
  t.same(write, ['page 5  app –  installed then  uninstalled later\n', 'The store failed.\n'])
})
