import { createHmac } from 'node:crypto'
import t, { type Test } from 'tap'
import { defineBlock } from '../../src/blocks/define.ts'
import { page, serveLate } from '../calls/late-server.ts'
import { type Heard, startFakePlatform } from '../fake-platform.ts'
import { folderOf, post } from '../helper.ts'

const key = `whsec_${Buffer.from('a key of 24 bytes at least').toString('base64')}`
const token = 'a-token-of-the-systems-of-this-test'
const api = { authorization: `Bearer ${token}` }
const content = { messages: [{ type: 'text', text: 'canary' }] }
const hello = defineBlock({ open: () => 'Hello' })

async function serve(t: Test, config = {}) {
  const receiver = await startFakePlatform(t)
  const outcomes = { outcomeUrl: `${receiver.url}/outcomes`, outcomeSecrets: [key] }
  const server = await serveLate(t, { dataDir: folderOf(t) }, { hello }, { apiTokens: [token], ...outcomes, ...config })
  await server.ready()
  return { ...server, receiver, send }

  async function send(subscriber_id: string): Promise<string> {
    const params = { subscriber_id, data: { version: 'v2', content } }
    const { json } = await post(server.app, '/sends', { operation: 'sending.sendContent', page, params }, api)
    return json.id
  }
}

/** Verifies as https://www.standardwebhooks.com says, and returns what was told. */
function verified({ headers, body }: Heard) {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = headers
  if (Math.abs(Date.now() / 1000 - Number(at)) > 300) throw new Error('it is too old')
  const signed = createHmac('sha256', Buffer.from(key.slice(6), 'base64'))
    .update(`${id}.${at}.${body}`)
    .digest('base64')
  if (!String(signatures).split(' ').includes(`v1,${signed}`)) throw new Error('it is not signed')
  return JSON.parse(body)
}

t.test('N1: the end of each send is told with a signature, and says no text and no contact', async t => {
  const { app, platform, receiver, send, until } = await serve(t)
  platform.answerWith({ status: 400, body: '{"status":"error","message":"canary"}' })
  const dead = await send('9007199254740993123')
  await until(() => platform.heard.length === 1)
  const done = await send('9007199254740993124')
  await until(() => receiver.heard.length === 2)
  const cancelled = await post(
    app,
    '/sends',
    {
      operation: 'sending.sendFlow',
      page,
      params: { subscriber_id: '7', flow_ns: 'f' },
      not_before: '2999-01-01T00:00:00Z',
    },
    api,
  )
  await app.inject({ method: 'DELETE', url: `/sends/${cancelled.json.id}`, headers: api })
  await until(() => receiver.heard.length === 3)
  const told = receiver.heard.map(verified).sort((a, b) => a.data.id - b.data.id)
  t.match(told, [
    { type: 'send.dead', timestamp: /^\d{4}-.*Z$/, data: { id: dead, state: 'dead', code: 'DYN_CALL_REFUSED' } },
    { type: 'send.done', data: { id: done, state: 'done', code: null } },
    { type: 'send.cancelled', data: { id: cancelled.json.id, state: 'cancelled', code: null } },
  ])
  t.same(Object.keys(told[0].data), ['id', 'state', 'code'])
  for (const { method, path, headers, body } of receiver.heard) {
    t.match([method, path, headers['content-type']], ['POST', '/outcomes', 'application/json'])
    t.notMatch(body + JSON.stringify(headers), /canary|9007199254740993|Bearer/)
  }
  const list = await app.inject({ url: '/sends', headers: api })
  t.equal(list.json().sends.length, 3, 'outcomes are no sends')
})

t.test('N2: an outcome is told to OUTCOME_URL alone, and a receiver that fails holds up no send', async t => {
  const { app, platform, receiver, send, until, log } = await serve(t)
  const elsewhere = await startFakePlatform(t)
  receiver.answerAt('/outcomes', { status: 307, headers: { location: elsewhere.url } })
  for (let i = 1; i <= 30; i++) await send(String(i))
  await until(() => platform.heard.length === 30)
  await until(() => receiver.heard.length > 0)
  const dead = async () => (await app.inject({ url: '/sends?state=done', headers: api })).json().sends.length
  await until(async () => (await dead()) === 30)
  t.equal(elsewhere.heard.length, 0)
  receiver.answerAt('/outcomes', {})
  const ids = () => new Set(receiver.heard.map(verified).map(({ data }) => data.id))
  await until(() => ids().size === 30)
  const { body } = await app.inject({ url: '/metrics', headers: api })
  t.match(body, /^dynablock_send_attempts_total\{operation="outcome",outcome="retry"\} \d+$/m)
  t.notMatch(log.join(''), /canary|whsec_/)
})

t.test('without OUTCOME_URL nobody is told, nor of what a dry run does', async t => {
  const { receiver, send, app, until, platform } = await serve(t, { dryRun: true })
  const id = await send('7')
  const attempts = async () => (await app.inject({ url: '/metrics', headers: api })).body
  await until(async () => /\{operation="outcome",outcome="done"\} 1/.test(await attempts()))
  t.equal((await app.inject({ url: `/sends/${id}`, headers: api })).json().state, 'done')
  t.same([receiver.heard, platform.heard], [[], []])
  const quiet = await serve(t, { outcomeUrl: undefined, outcomeSecrets: [] })
  await quiet.send('7')
  await until(() => quiet.platform.heard.length === 1)
  t.same(quiet.receiver.heard, [])
})
