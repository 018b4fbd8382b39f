/** The whole server while its store becomes unreachable and comes back. */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openStore, type Store } from '../../src/store/store.ts'
import { onPostgres } from '../needs.ts'
import { startProxy } from '../sends/faults/proxy.ts'
import { startRecordingPlatform } from '../sends/recording-platform.ts'
import { startServer } from '../sends/server-process.ts'
import { schemaOptions } from '../store/stores.ts'
import { until } from '../until.ts'

t.setTimeout(120_000)

const page = '7000000000000000001'
const standing = ['waiting', 'fallback']

async function setUp(t: Test) {
  const proxy = await startProxy(t)
  const platform = await startRecordingPlatform(t)
  const options = schemaOptions(t)
  const store = await openStore(options)
  t.teardown(store.close)
  const start = () => {
    const server = startServer(
      { ...options, databaseUrl: proxy.url },
      { manychatApiKeys: [`${page}:key`], manychatApiUrl: platform.url },
    )
    t.teardown(server.kill)
    return server
  }
  return { proxy, platform, store, start, texts: () => platform.deliveries.map(({ text }) => text) }
}

t.test(
  'away at the start: blocks show their fallback and sends are refused, until it is there',
  onPostgres,
  async t => {
    const { proxy, start, texts } = await setUp(t)
    proxy.cut()
    const server = start()
    t.equal(await server.open(page, '55', 'not promised', 100), 'fallback')
    t.match(await server.send(page, '55', 'refused'), { status: 503, json: { code: 'DYN_STORE_FAILED' } })
    t.equal((await server.call('GET', '/readyz')).status, 503)
    proxy.restore()
    t.ok(await server.ready())
    t.equal(await server.open(page, '55', 'promised', 100), 'waiting')
    t.equal((await server.send(page, '56', 'accepted')).status, 202)
    await until(() => texts().length === 2)
    t.same(texts().sort(), ['accepted', 'promised'])
  },
)

t.test('away under load: every call is answered, and what was promised arrives, nothing else', onPostgres, async t => {
  const { proxy, start, store, texts } = await setUp(t)
  const server = start()
  await server.ready()
  const promised: string[] = []
  const unpromised: string[] = []
  let isOver = false
  const contacts = Array.from({ length: 8 }, (_, i) => talk(`900719925474099310${i}`))
  await until(() => promised.length >= 10)
  proxy.cut()
  await until(() => unpromised.length >= 10)
  const before = promised.length
  proxy.restore()
  await until(() => promised.length >= before + 10)
  isOver = true
  await Promise.all(contacts)
  await until(async () => (await states(store)).every(state => state === 'done' || state === 'cancelled'))
  t.same(
    promised.filter(text => !texts().includes(text)),
    [],
  )
  t.same(
    unpromised.filter(text => text.startsWith('late') && texts().includes(text)),
    [],
  )

  async function talk(contact: string): Promise<void> {
    for (let n = 0; !isOver; n++) {
      const late = `late ${contact} ${n}`
      const shown = await server.open(page, contact, late, 100)
      t.ok(standing.includes(shown))
      ;(shown === 'waiting' ? promised : unpromised).push(late)
      const send = `send ${contact} ${n}`
      const { status } = await server.send(page, contact, send)
      t.ok(status === 202 || status === 503)
      ;(status === 202 ? promised : unpromised).push(send)
      await sleep(50)
    }
  }
})

t.test('too slow: the contact is not kept waiting, and gets no second answer', onPostgres, async t => {
  const { proxy, start, store, texts } = await setUp(t)
  const server = start()
  await server.ready()
  proxy.stall()
  t.equal(await server.open(page, '55', 'not promised', 100), 'fallback')
  proxy.restore()
  await until(async () => (await states(store)).includes('cancelled'))
  t.equal(await server.open(page, '55', 'promised', 100), 'waiting')
  await until(() => texts().includes('promised'))
  t.same(texts(), ['promised'])
})

async function states(store: Store): Promise<string[]> {
  return (await store.run(db => db.selectFrom('jobs').select('state').execute())).map(({ state }) => state)
}
