/** The machine's clock jumps by an hour while the server works. */
import t from 'tap'

const original = Date.now
let aheadMs = 0
Date.now = () => original() + aheadMs
// Imported after the replacement, because modules might keep a reference to `Date.now`.
const { defineBlock } = await import('../../src/index.ts')
const { startRecordingPlatform, accept, answer } = await import('../sends/recording-platform.ts')
const { serveLate } = await import('../calls/late-server.ts')
const { until } = await import('../until.ts')
const { folder } = await import('../store/stores.ts')
const { metricsOf } = await import('../helper.ts')

const hourMs = 3_600_000
t.setTimeout(60_000)
t.teardown(() => {
  Date.now = original
})

t.test('an hour back: a page that waits for its limit waits no hour longer', async t => {
  const platform = await startRecordingPlatform(t, (delivery, response) => {
    if (platform.deliveries.length > 1) return accept(delivery, response)
    response.setHeader('retry-after', '1')
    answer(response, 429, '{"status":"error","message":"Too many requests"}')
  })
  const { open, ready } = await serve(t, platform)
  await ready()
  t.equal(await open('slow'), 'waiting')
  await until(() => platform.deliveries.length === 1)
  aheadMs -= hourMs
  t.equal(await open('slow'), 'waiting')
  await until(() => platform.deliveries.length === 3, { withinMs: 30_000 })
})

t.test('an hour forward: a delivery under way is not made again', async t => {
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>()
  const platform = await startRecordingPlatform(t, async (delivery, response) => {
    await isOver
    accept(delivery, response)
  })
  const { app, open, ready } = await serve(t, platform)
  await ready()
  t.equal(await open('slow'), 'waiting')
  await until(() => platform.deliveries.length === 1)
  aheadMs += hourMs
  // Longer than a lease lasts without renewal.
  const from = performance.now()
  await until(() => performance.now() - from > 2 * leaseMs)
  end()
  const metrics = () => metricsOf(app)
  await until(async () => /attempts_total\{.*outcome="done"\} 1/.test(await metrics()))
  t.notMatch(await metrics(), /leases_lost_total [1-9]/)
  t.equal(platform.deliveries.length, 1)
})

const leaseMs = 1000

function serve(t: Parameters<typeof serveLate>[0], { url }: { url: string }) {
  const slow = defineBlock({
    waiting: 'waiting',
    open: () => new Promise<string>(resolve => setTimeout(() => resolve('Here it is'), 100)),
  })
  return serveLate(t, { dataDir: folder(t) }, { slow }, { manychatApiUrl: url, leaseMs })
}
