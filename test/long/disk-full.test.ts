/** The whole server on a full disk. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { startRecordingPlatform } from '../sends/recording-platform.ts'
import { startServer } from '../sends/server-process.ts'
import { folder } from '../store/stores.ts'
import { until } from '../until.ts'

t.setTimeout(120_000)

const page = '7000000000000000001'

t.test('a full disk promises nothing, kills nothing, and loses nothing', async t => {
  const platform = await startRecordingPlatform(t)
  const texts = () => platform.deliveries.map(({ text }) => text)
  const options = { manychatApiKeys: [`${page}:key`], manychatApiUrl: platform.url }
  const server = startServer({ dataDir: folder(t) }, options)
  t.teardown(server.kill)
  t.ok(await server.ready())
  t.equal(await server.open(page, '55', 'promised before', 500), 'waiting')
  server.limitFiles(1)
  t.equal(await server.open(page, '56', 'not promised', 100), 'fallback')
  t.match(await server.send(page, '56', 'refused'), { status: 503, json: { code: 'DYN_STORE_FAILED' } })
  t.equal((await server.call('GET', '/healthz')).status, 200)
  // By now the first late reply is ready, but can't be stored.
  await sleep(500)
  t.same(texts(), [])
  server.limitFiles('unlimited')
  await until(() => texts().includes('promised before'))
  t.equal((await server.send(page, '56', 'accepted')).status, 202)
  await until(() => texts().includes('accepted'))
  t.same(texts(), ['promised before', 'accepted'])
})
