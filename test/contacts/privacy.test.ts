/** A contact is shown, and erased: from every table, and from the files of the embedded store. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import t from 'tap'
import { defineBlock, Type, text } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import { openChat } from '../../src/testing.ts'
import { page } from '../calls/late-server.ts'
import { findBlock, readDoc } from '../docs.ts'
import { ana, buttonOf, folderOf, post, secret } from '../helper.ts'
import { onBoth } from '../store/engines.ts'
import { until } from '../until.ts'
import { counter, createGate, serveRooms } from './serve.ts'

const token = 'the-token-of-who-may-erase-contacts'
const api = { authorization: `Bearer ${token}` }
const canary = /canary-[\w-]+/g
const Notes = Type.Object({ notes: Type.Array(Type.String()) })

async function textsIn(store: Store): Promise<string[]> {
  const tables = ['jobs', 'rooms', 'memories', 'slots', 'workers', 'app_keys'] as const
  const rows = await Promise.all(tables.map(table => store.run(db => db.selectFrom(table).selectAll().execute())))
  return JSON.stringify(rows).match(canary) ?? []
}

onBoth('nothing of what came in through any way is left of an erased contact, and all of others', async (t, bench) => {
  const gate = createGate()
  const options = { memory: { schema: Notes, keepDays: 30 }, waiting: 'One moment', fallback: 'It failed' }
  const block = defineBlock({
    ...options,
    states: { note: Type.Object({ about: Type.String() }) },
    open: async ({ remember, input, extras, tap, contact }) => {
      await remember({ notes: [String(input), String(extras.order)] })
      if (extras.slow) await gate.pass()
      return text(`Hello ${contact.id}`, [tap('Note', 'note', { about: String(extras.order) })])
    },
    steps: {
      note: async ({ memory, remember, state, input }) => {
        await remember({ notes: [...((await memory())?.notes ?? []), state.about, String(input)] })
        return 'noted'
      },
    },
  })
  const forever = defineBlock({ waiting: 'One moment', open: ({ input }) => new Promise<string>(() => input) })
  const {
    app,
    open: _,
    platform,
  } = await serveRooms(
    t,
    bench,
    { block, forever },
    { replyWithinMs: 200, apiTokens: [`privacy:contacts+sends:${token}`] },
  )
  const call = (contact: string, extras: object, name = 'block') => {
    const about = { id: contact, page_id: page, key: `user:${contact}`, last_input_text: `canary-input-${contact}` }
    return post(app, `/blocks/${name}`, { contact: about, order: `canary-body-${contact}`, ...extras }, auth)
  }
  const auth = { authorization: `Bearer ${secret}` }
  const send = (contact: string, more: object, word: string) => {
    const content = { messages: [{ type: 'text', text: `canary-${word}-${contact}` }] }
    const params = { subscriber_id: contact, data: { version: 'v2', content } }
    return post(app, '/sends', { operation: 'sending.sendContent', page, params, ...more }, api)
  }
  for (const contact of ['71', '72']) {
    const opened = await call(contact, {})
    const { payload, url } = buttonOf(opened, 'Note') as NonNullable<ReturnType<typeof buttonOf>>
    const tapped = { ...payload, input: `canary-tap-${contact}` }
    t.equal((await post(app, new URL(url).pathname, tapped)).shown, 'noted')
    await send(contact, { not_before: '2999-01-01T00:00:00Z' }, 'later')
    platform.answerWith({ status: 400, body: '{"status":"error","message":"no"}' })
    await send(contact, {}, 'dead')
    await until(async () => (await bench.queue.list({ addressee: contact, state: 'dead' })).length === 1)
    t.equal((await call(contact, { slow: true })).shown, 'One moment')
    t.equal((await call(contact, {}, 'forever')).shown, 'One moment')
  }
  await until(() => gate.count() === 2)

  const ask = async (method: 'GET' | 'DELETE', url: string) => {
    const { statusCode, body } = await app.inject({ method, url, headers: api })
    return { status: statusCode, text: body, json: JSON.parse(body) }
  }
  const shown = await ask('GET', `/contacts/71?page=${page}`)
  t.match(shown.json, {
    contact: '71',
    page,
    memory: [
      { block: 'block', value: { notes: ['canary-input-71', 'canary-body-71', 'canary-body-71', 'canary-tap-71'] } },
    ],
  })
  for (const word of ['later', 'dead', 'body', 'input']) t.match(shown.text, `canary-${word}-71`)
  t.notMatch(shown.text, /canary-\w+-72/)
  t.equal((await ask('GET', '/contacts/71')).text, shown.text, 'there is one page')

  t.match(await ask('DELETE', `/contacts/71?page=${page}`), { status: 200, json: { contact: '71', page } })
  gate.open()
  const left = await textsIn(bench.store)
  t.same(
    left.filter(text => text.endsWith('-71')),
    [],
    'no table has it',
  )
  for (const word of ['later', 'dead']) t.ok(left.includes(`canary-${word}-72`), `${word} of another contact is kept`)
  t.match((await ask('GET', '/contacts/71')).json, { memory: [] })
  t.same(
    (await ask('GET', '/contacts/71')).json.jobs.filter(({ state }: { state: string }) => state !== 'cancelled'),
    [],
  )
  t.match((await ask('GET', '/contacts/72')).json, { memory: [{ block: 'block' }] })
  if (bench.store.engine === 'sqlite') {
    const files = readdirSync(bench.options.dataDir).map(name =>
      readFileSync(join(bench.options.dataDir, name), 'latin1'),
    )
    t.same(
      files.flatMap(text => text.match(canary) ?? []).filter(text => text.endsWith('-71')),
      [],
      'no file has it',
    )
  }
  t.equal((await call('71', {})).shown, 'Hello 71', 'they may come back')
})

onBoth('a call that runs while its contact is erased stores nothing', async (t, bench) => {
  const gate = createGate()
  const block = defineBlock({
    memory: { schema: Notes, keepDays: 30 },
    fallback: 'It failed',
    open: async ({ memory, remember, extras }) => {
      if (extras.look) return JSON.stringify((await memory()) ?? null)
      await remember({ notes: ['x'] })
      await gate.pass()
      return 'done'
    },
  })
  const { app, call, logged } = await serveRooms(t, bench, { block }, { apiTokens: [token] })
  const answer = call('block')
  await until(() => gate.count() === 1)
  await app.inject({ method: 'DELETE', url: `/contacts/1?page=${page}`, headers: api })
  gate.open()
  t.equal(await answer, 'It failed')
  t.same(logged(), ['DYN_TURN_LOST'])
  t.equal(await call('block', '1', { look: true }), 'null')
})

onBoth('a block forgets its contact, goes on with its turn, and its own late reply arrives', async (t, bench) => {
  const gate = createGate()
  const block = defineBlock({
    ...{ memory: { schema: Notes, keepDays: 30 }, waiting: 'One moment' },
    open: async ({ memory, remember, forgetContact, extras }) => {
      const before = (await memory())?.notes ?? []
      await remember({ notes: [...before, 'x'] })
      if (!extras.forget) return `${before.length}`
      if (extras.slow) await gate.pass()
      await forgetContact()
      const after = await memory()
      if (extras.again) await remember({ notes: ['again'] })
      return `forgotten, ${after ?? 'nothing'}`
    },
  })
  const plain = defineBlock({
    open: async ({ forgetContact }) => {
      await forgetContact()
      return 'forgotten'
    },
  })
  const { call, delivered, logged } = await serveRooms(t, bench, { block, plain, counter }, { replyWithinMs: 300 })
  t.same([await call('block'), await call('block'), await call('counter')], ['0', '1', '1'])
  t.equal(await call('block', '1', { forget: true }), 'forgotten, nothing')
  t.same([await call('counter'), await call('block')], ['1', '0'], 'all blocks forgot')
  t.equal(await call('block', '1', { forget: true, again: true }), 'forgotten, nothing')
  t.equal(await call('block'), '1', 'what it remembered afterwards')
  t.equal(await call('plain'), 'forgotten')
  t.equal(await call('block'), '0')
  t.equal(await call('block', '1', { forget: true, slow: true }), 'One moment')
  gate.open()
  t.same(await delivered(1), ['forgotten, nothing'])
  t.same(logged(), [])
})

onBoth('who asks for no contact, or without saying on which page, is refused', async (t, bench) => {
  const over = { apiTokens: [token], manychatApiKeys: ['55:key', '66:key'] }
  const { app, open, logged } = await serveRooms(t, bench, { counter }, over)
  const ask = async (url: string) => (await app.inject({ url, headers: api })).json()
  t.match(await ask('/contacts/ana'), { code: 'DYN_CONTACT_UNKNOWN', status: 400, got: /./ })
  t.match(await ask('/contacts/7?pages=1'), { code: 'DYN_CONTACT_UNKNOWN' })
  t.match(await ask('/contacts/7'), { code: 'DYN_PAGE_UNKNOWN', status: 400 })
  t.match(await ask('/contacts/7?page='), { page: null, memory: [], jobs: [] })
  t.match(await ask('/contacts/7?page=55'), { page: '55', memory: [], jobs: [] })
  t.equal(await open('counter', '7'), '1')
  const nameless = await post(app, '/blocks/counter', '{"id":7,"key":"user:7"}', { authorization: `Bearer ${secret}` })
  t.equal(nameless.shown, 'It failed')
  t.same(logged(), ['DYN_PAGE_UNKNOWN'])
})

onBoth(
  'where no page is configured, memory is kept without one; what cannot be read hides nothing else',
  async (t, bench) => {
    const { app } = await serveRooms(t, bench, { counter }, { apiTokens: [token], manychatApiKeys: [] })
    const call = async () =>
      (await post(app, '/blocks/counter', '{"id":7,"key":"user:7"}', { authorization: `Bearer ${secret}` })).shown
    t.same([await call(), await call()], ['1', '2'])
    const ask = async () => (await app.inject({ url: '/contacts/7', headers: api })).json()
    t.match(await ask(), { contact: '7', page: null, memory: [{ block: 'counter', value: { count: 2 } }], jobs: [] })
    await bench.queue.addRun({ block: 'b', page: null, addressee: '7', call: 'no JSON', idempotencyKey: 'k' }, 'test')
    await bench.store.run(db => sql`update memories set value = 'x'`.execute(db))
    t.match(await ask(), { memory: [{ block: 'counter', value: null }], jobs: [{ kind: 'run', call: 'no JSON' }] })
    t.equal(await call(), 'It failed', 'what was changed is not overwritten')
  },
)

t.test('the program of docs/privacy.md runs', async t => {
  const folder = folderOf(t, { 'erase.ts': findBlock(readDoc('privacy.md'), 'ts') })
  const chat = await openChat('erase', { folder, replyWithinMs: 5000, contact: JSON.parse(ana) })
  t.teardown(chat.close)
  await chat.tap('Yes, erase it')
  t.same(chat.texts, ['Done. We know nothing about you any more.'])
})
