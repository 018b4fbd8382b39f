import t from 'tap'
import { defineBlock } from '../../../src/blocks/define.ts'
import { secret } from '../../helper.ts'
import { serveSimulator } from './serve.ts'
import { size } from './size.ts'

const ana = '9007199254740993123'
t.test('a conversation is driven over HTTP, and its events are streamed', async t => {
  const { ask, begin } = await serveSimulator(t, { size })
  t.match((await ask('GET', '/setup')).json, {
    blocks: [{ name: 'size', description: 'Asks for a size' }],
    contacts: { whatsapp: { whatsapp_phone: String } },
    isApiPlayed: true,
    restart: null,
    latencyMs: 0,
    fault: 'none',
    aheadMs: 0,
  })
  const talk = await begin('size', { contact: { first_name: 'Bo' } })
  const opened = await talk.state()
  t.match(opened.saved.bubbles, [{ from: 'block', message: { text: 'Hi Bo' } }])
  const { id } = opened.saved.bubbles[0].message.buttons[0]
  t.equal((await ask('POST', `${talk.path}/tap`, { id })).status, 200)
  t.match(await talk.state(), { listenUntil: Number, saved: { bubbles: [{}, { message: { text: 'Your name?' } }] } })
  t.same((await ask('POST', `${talk.path}/say`, { text: 'Ana' })).json, { heard: true })
  const state = await talk.state()
  t.match(state, { block: 'size', listenUntil: null, windowUntil: Number, saved: { tags: ['ordered'] } })
  t.equal(state.saved.bubbles.at(-1).message.text, 'Ana: S')
  t.same((await ask('POST', `${talk.path}/say`, { text: 'Again' })).json, { heard: false })
  t.match((await ask('POST', `${talk.path}/tap`, { id: 99 })).json, { code: 'DYN_CHAT_TAP' })
  t.notMatch(JSON.stringify(await talk.state()), secret, 'the secret stays here')
})

t.test('the contact is changed as it was typed, ids exact', async t => {
  const { ask, begin } = await serveSimulator(t, { size })
  const talk = await begin('size')
  await ask(
    'POST',
    `${talk.path}/contact`,
    '{"first_name":"Cy","ig_id":17841400987654321,"custom_fields":{"Size":"S"}}',
  )
  t.match((await talk.state()).saved.contact, {
    id: ana,
    first_name: 'Cy',
    ig_id: '17841400987654321',
    custom_fields: { Size: 'S' },
  })
  t.match((await ask('POST', `${talk.path}/contact`, '{"first_name":')).json, { code: 'DYN_BODY_NOT_JSON' })
})

t.test('content that arrives late is shown, with the calls and sends behind it', async t => {
  const gate = Promise.withResolvers<void>()
  const slow = defineBlock({ waiting: 'One moment…', open: () => gate.promise.then(() => 'Here it is') })
  const { begin } = await serveSimulator(t, { slow }, { config: { replyWithinMs: 20 } })
  const talk = await begin('slow')
  const waiting = await talk.until(({ sends }) => sends.length > 0)
  t.match(waiting, {
    sends: [{ state: 'running', late_reply: true }],
    saved: { bubbles: [{ message: { text: 'One moment…' } }] },
  })
  gate.resolve()
  const done = await talk.until(({ sends }) => sends[0]?.state === 'done')
  t.match(done.saved.bubbles, [{}, { late: true, message: { text: 'Here it is' } }])
  t.match(done.calls, [{ operation: 'sending.sendContent', status: 200, params: { subscriber_id: ana } }])
})

t.test('call.manychat works without a key', async t => {
  const asks = defineBlock({
    open: async ({ manychat, contact }) => {
      await manychat.subscriber.addTagByName({ subscriber_id: contact.id, tag_name: 'vip' })
      const { tags } = await manychat.subscriber.getInfo({ subscriber_id: contact.id })
      await manychat.page.getInfo()
      return `${tags?.map(({ name }) => name)}`
    },
  })
  const { begin } = await serveSimulator(t, { asks })
  const { saved, calls } = await (await begin('asks')).state()
  t.match(saved, { tags: ['vip'], bubbles: [{ message: { text: 'vip' } }] })
  t.match(calls, [
    { operation: 'subscriber.addTagByName' },
    { operation: 'subscriber.getInfo' },
    { operation: 'page.getInfo' },
  ])
})

t.test('a call of another contact is not told here', async t => {
  const asks = defineBlock({
    open: async ({ manychat }) => String(await manychat.subscriber.getInfo({ subscriber_id: '7' }).catch(() => 'none')),
  })
  const { begin } = await serveSimulator(t, { asks })
  t.same((await (await begin('asks')).state()).calls, [])
})

t.test('the API can be called with curl', async t => {
  const { begin, ask } = await serveSimulator(t, { size })
  const talk = await begin('size')
  const authorization = 'Bearer 1234567890123456789:simulator'
  const { id } = (await ask('GET', `/api/fb/subscriber/getInfo?subscriber_id=${ana}`, undefined, { authorization }))
    .json.data
  t.equal(id, ana)
  const body = `{"subscriber_id":${ana},"data":{"version":"v2","content":{"messages":[{"type":"text","text":"Hi"}]}}}`
  t.match((await ask('POST', '/api/fb/sending/sendContent', body, { authorization })).json, { status: 'success' })
  t.match((await talk.state()).saved.bubbles.at(-1), { late: true, message: { text: 'Hi' } })
  t.equal((await ask('GET', '/api/fb/page/getInfo')).status, 401)
})

t.test('whoever hangs up is not answered', async t => {
  const { ask, origin, cookie } = await serveSimulator(t, { size })
  await ask('POST', '/switches', { fault: 'silent' })
  const gone = new AbortController()
  const call = fetch(`${origin}/simulator/api/fb/page/getInfo`, { signal: gone.signal, headers: { cookie } })
  gone.abort()
  await t.rejects(call, { name: 'AbortError' })
})

t.test('the clock moves for everything that expires', async t => {
  const { ask, begin } = await serveSimulator(t, { size })
  const talk = await begin('size')
  const { id } = (await talk.state()).saved.bubbles[0].message.buttons[0]
  await ask('POST', `${talk.path}/tap`, { id })
  t.same((await ask('POST', '/clock', { forwardMs: 300_000 })).json, { latencyMs: 0, fault: 'none', aheadMs: 300_000 })
  t.ok((await talk.state()).listenUntil, 'ten minutes are not over')
  await ask('POST', '/clock', { forwardMs: 300_001 })
  t.match(await talk.state(), { listenUntil: null, aheadMs: 600_001 })
  await ask('POST', '/clock', { forwardMs: 31 * 86_400_000 })
  await ask('POST', `${talk.path}/tap`, { id })
  const { saved } = await talk.state()
  t.match(saved.bubbles.at(-1).message.text, /button|expired|old|again/i, 'the button of a month ago')
  t.equal(saved.events.filter(({ kind }: { kind: string }) => kind === 'waited').length, 3)
})

t.test('switches are told to everyone, and kept within reason', async t => {
  const { ask, begin } = await serveSimulator(t, { size })
  const talk = await begin('size')
  t.match((await ask('POST', '/switches', { latencyMs: 30 })).json, { latencyMs: 30, fault: 'none' })
  t.match((await ask('POST', '/switches', { fault: 'limited' })).json, { latencyMs: 30, fault: 'limited' })
  t.match(await talk.state(), { latencyMs: 30, fault: 'limited' })
  await ask('POST', `${talk.path}/open`, {})
  const { response } = (await talk.state()).saved.events.findLast(({ kind }: { kind: string }) => kind === 'response')
  t.ok(response.ms >= 29)
  for (const [path, body] of [
    ['/switches', { latencyMs: -1 }],
    ['/switches', { fault: 'fire' }],
    ['/clock', { forwardMs: 0 }],
    ['/conversations', { block: 'size', channel: 'fax' }],
    ['/conversations', { block: 'none', channel: 'messenger' }],
    [`${talk.path}/say`, { text: '' }],
  ] as const) {
    t.match((await ask('POST', path, body)).json, { status: 400, code: 'DYN_SIMULATOR_INVALID' }, JSON.stringify(body))
  }
})

t.test('of very many conversations the oldest go', async t => {
  const { ask } = await serveSimulator(t, { size })
  const ids: string[] = []
  for (let i = 0; i < 51; i++)
    ids.push((await ask('POST', '/conversations', { block: 'size', channel: 'messenger' })).json.id)
  t.equal((await ask('GET', `/conversations/${ids[0]}/recording`)).status, 404)
  t.equal((await ask('GET', `/conversations/${ids[1]}/recording`)).status, 200)
})

t.test('a restart is handed to the process, after the answer', async t => {
  const { promise: restarted, resolve } = Promise.withResolvers<void>()
  const { ask } = await serveSimulator(t, { size }, { restart: resolve })
  t.equal((await ask('GET', '/setup')).json.restart, null)
  t.equal((await ask('POST', '/restart', {})).status, 202)
  await restarted
  const other = await serveSimulator(t, { size }, { restart: { impossible: 'this is a test' } })
  t.equal((await other.ask('GET', '/setup')).json.restart, 'this is a test')
  t.match((await other.ask('POST', '/restart', {})).json, { status: 501, code: 'DYN_SIMULATOR_RESTART' })
})

t.test('it works on every address that it may listen on', async t => {
  for (const host of ['0.0.0.0', '127.0.0.1', '::1', '::']) {
    const { begin } = await serveSimulator(t, { size }, { host })
    t.match((await (await begin('size')).state()).saved.bubbles, [{ message: { text: 'Hi Ana' } }], host)
  }
})
