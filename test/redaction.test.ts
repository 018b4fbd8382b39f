/** Sends canary secrets and canary words of contacts through every part of the server: none may leak. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { buildApp } from '../src/app.ts'
import { createLog } from '../src/log.ts'
import { loadConfig } from '../src/settings/config.ts'
import { type Callback, config, folderOf, serve } from './helper.ts'
import { leakyBlocks } from './leaky-blocks.ts'
import { runServer } from './run-server.ts'
import { until } from './until.ts'

const canary = (name: string) => `canary-of-the-${name}-0123456789`
const [secret, stateKey, apiToken] = [canary('webhook-secret'), canary('state-key'), canary('api-token')]
const page = '1234567890123456789'
const otherPage = '1234567890123456790'
const phone = '+15005550142'
const contact = {
  id: '9007199254740993123',
  page_id: page,
  first_name: canary('first-name'),
  last_name: canary('last-name'),
  phone,
  email: `${canary('user')}@mail.test`,
  last_input_text: canary('message'),
  custom_fields: { note: canary('field') },
}

/** Finds canaries, also in common encodings. */
function assertSilent(t: Test, where: string, heard: string): void {
  const leak = /canary|5005550142|Y2FuYXJ5|NhbmFyeS|jYW5hcn/i.exec(heard)
  t.notOk(leak, `${where}: …${leak && heard.slice(Math.max(0, leak.index - 300), leak.index + 120)}…`)
}

t.test('nothing is heard of secrets and contacts, whatever happens to a call', async t => {
  const platform = await startEcho(t)
  const { post, until, tap, heard, failures } = await start(t, platform)
  const open = (block: string, more: object = {}) => post(`/blocks/${block}`, { ...contact, ...more })

  const answer = await open('hello')
  t.match(answer.content.messages[0].text, contact.first_name, 'the contact is answered by name all the same')
  await tap(answer.content.messages[0].buttons[0])
  await tap({ ...answer.content.external_message_callback }, { input: canary('input') })
  for (const block of ['throws', 'rejects', 'throwsText', 'rubbish', 'refused', 'warned', 'broken', 'asks'])
    t.equal((await open(block, { channel: canary('channel'), order: canary('order') })).version, 'v2', block)
  await open('asks', { page_id: otherPage })

  for (const block of ['slow', 'slowAndBroken', 'slowAndThrowing']) await open(block)
  await until(() => platform.count() >= 5)

  const right = { authorization: `Bearer ${secret}` }
  for (const [path, body, headers] of [
    ['/blocks/hello', contact, { authorization: `Bearer ${canary('wrong')}` }],
    [`/blocks/hello?token=${canary('query')}`, contact, { authorization: '', 'x-more': canary('header') }],
    ['/blocks/hello', `{"name":"${canary('broken-body')}`, right],
    ['/blocks/hello', { name: canary('no-contact') }, right],
    ['/blocks/hello', `"${canary('text')}"`, { ...right, 'content-type': 'text/plain' }],
    ['/blocks/hello/next', { state: canary('state'), input: canary('input') }, {}],
    ['/blocks/hello/next', { ...answer.content.messages[0].buttons[0].payload, user_id: '7' }, {}],
    ['/apps/installed', { app_token: canary('app-key'), page_id: page }, right],
    ['/apps/installed', { app_token: `${canary('app-key')}\n`, page_id: page }, right],
    ['/sends', { operation: canary('operation') }, { authorization: `Bearer ${apiToken}` }],
    ['/sends', sendOf({ subscriber_id: canary('id') }), { authorization: `Bearer ${apiToken}` }],
    ['/sends', sendOf({ data: canary('data') }), { authorization: `Bearer ${apiToken}` }],
    ['/sends', sendOf({}), { authorization: `Bearer ${apiToken}`, 'idempotency-key': `${canary('key')}\u00e9` }],
  ] as const) {
    await failures(path, body, headers)
  }
  t.ok(heard.problems.length >= 12, `${heard.problems.length} were refused`)

  const authorization = { authorization: `Bearer ${apiToken}` }
  await post('/sends', sendOf({}), authorization)
  await post('/sends', { operation: 'chatfuel.send', params: chatfuelParams }, authorization)
  await until(async () => {
    const { sends } = await post('/sends', undefined, authorization)
    return sends.every(
      ({ last_error, state }: { last_error: unknown; state: string }) => last_error || state === 'done',
    )
  })

  const list = JSON.stringify(await post('/sends', undefined, authorization))
  const metrics = String(await post('/metrics', undefined, authorization))
  t.match(heard.log.join(''), /outbound call failed/)
  t.match(list, /last_error":\{/)
  t.match(metrics, /dynablock_outbound_calls_total\{.*outcome="DYN_/)
  for (const line of heard.log) assertSilent(t, 'log', line)
  for (const problem of heard.problems) assertSilent(t, 'problem', problem)
  assertSilent(t, 'list of sends', list)
  assertSilent(t, 'metrics', metrics)
})

t.test('nothing is heard of them when the server can’t start', async t => {
  const settings = {
    NODE_ENV: 'production',
    PUBLIC_URL: `http://${canary('user')}@blocks.test`,
    WEBHOOK_SECRETS: `${secret},short-canary`,
    STATE_KEYS: secret,
    API_TOKENS: secret,
    MANYCHAT_API_KEYS: canary('page-key'),
    MATON_CONNECTIONS: canary('connection'),
    CHATFUEL_BOTS: canary('bot'),
    FALLBACK_FLOWS: canary('flow'),
    DATABASE_URL: `canary://${canary('password')}`,
  }
  const error = t.throws(() => loadConfig(settings), { code: 'DYN_SETTINGS_REFUSED' }) as Error
  assertSilent(t, 'settings', error.message)
})

t.test('nor by a server whose database is away, from its start to its end', async t => {
  const cwd = folderOf(t, { 'blocks/hello.ts': blockThatThrows })
  const server = await runServer(t, cwd, {
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://blocks.test',
    WEBHOOK_SECRETS: secret,
    STATE_KEYS: stateKey,
    MANYCHAT_API_KEYS: `${page}:${canary('page-key')}`,
    DATABASE_URL: `postgres://user:${canary('password')}@127.0.0.1:1/${canary('database')}`,
    LOG_LEVEL: 'trace',
  })
  await server.printed(/the store is not open yet/)
  const headers = { authorization: `Bearer ${secret}` }
  const response = await fetch(`${server.url}/blocks/hello`, { method: 'POST', headers, body: JSON.stringify(contact) })
  t.equal(response.status, 200)
  await server.printed(/block failed/)
  server.child.kill('SIGTERM')
  t.equal(await server.exit, 0)
  assertSilent(t, 'output', server.output())
})

const blockThatThrows = `import { defineBlock } from 'dynablock'
export default defineBlock({ open: ({ contact, input, log }) => {
  process.nextTick(() => Promise.reject(new Error('lost ' + input)))
  throw new Error(contact.first_name + input, { cause: new TypeError(contact.email) })
} })
`

const chatfuelParams = {
  customer_id: '7',
  customer_email: contact.email,
  messages: [{ text: contact.last_input_text }],
}

function sendOf(params: object) {
  const data = { version: 'v2', content: { messages: [{ type: 'text', text: canary('send') }] } }
  return { operation: 'sending.sendContent', page, params: { subscriber_id: contact.id, data, ...params } }
}

/** A platform that refuses every call and echoes the request in its answer, as some do. */
async function startEcho(t: Test) {
  let count = 0
  const statuses = [400, 401, 500, 200, 422]
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const said = `${Buffer.concat(chunks)} ${request.headers.authorization} ${request.url}`
    const status = statuses[count++ % statuses.length] as number
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ status: 'error', message: said, details: { messages: [{ message: said }] }, said }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => count }
}

async function start(t: Test, platform: Awaited<ReturnType<typeof startEcho>>) {
  const log: string[] = []
  const problems: string[] = []
  const app = buildApp({
    config: {
      ...config,
      webhookSecrets: [secret],
      stateKeys: [stateKey],
      apiTokens: [apiToken],
      manychatApiKeys: [`${page}:${canary('page-key')}`],
      manychatApiUrl: platform.url,
      matonApiKey: canary('maton-key'),
      matonConnections: new Map([[otherPage, 'connection']]),
      chatfuelBots: [`bot:${canary('bot-token')}@${platform.url}`],
      replyWithinMs: 20,
      dataDir: folderOf(t),
    },
    blocks: serve(leakyBlocks),
    log: createLog(config, { write: line => log.push(line) }),
    maxDelayMs: Number.POSITIVE_INFINITY,
  })
  t.teardown(() => app.close())
  const { fetch } = globalThis
  // The gateway's address is not a setting, and tests must not call it.
  globalThis.fetch = (url, init) => fetch(String(url).replace('https://gateway.maton.ai', platform.url), init)
  t.teardown(() => {
    globalThis.fetch = fetch
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  await until(async () => (await fetch(`${url}/readyz`)).ok)
  return { post, tap, until, failures, heard: { log, problems } }

  // biome-ignore lint/suspicious/noExplicitAny: tests read any member
  async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<any> {
    const response = await fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const answer = await response.text()
    if (response.status >= 400) problems.push(answer)
    return answer.startsWith('{') ? JSON.parse(answer) : answer
  }

  function tap({ url: callback, payload }: Callback, more: object = {}) {
    return post(new URL(callback).pathname, { ...payload, ...more }, { authorization: '' })
  }

  async function failures(path: string, body: unknown, headers: Record<string, string>): Promise<void> {
    const before = problems.length
    await post(path, body, headers)
    t.equal(problems.length, before + 1, `${path} is refused`)
  }
}
