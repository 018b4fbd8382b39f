/** The worker on the real queue, with real clients and a platform on a socket. */
import { sql } from 'kysely'
import { createDeliveries } from '../../src/delivery/deliveries.ts'
import { createHeartbeat } from '../../src/delivery/heartbeat.ts'
import { createSendMetrics } from '../../src/delivery/metrics.ts'
import { createOutage } from '../../src/delivery/outage.ts'
import type { Perform } from '../../src/delivery/perform.ts'
import { createWorker } from '../../src/delivery/worker.ts'
import { Registry } from '../../src/ops/prom-client.ts'
import { systemClock } from '../../src/outbound/clock.ts'
import type { NewDelivery, Queue } from '../../src/queue/job.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { createSharedRateLimits } from '../../src/store/rate-limits.ts'
import type { Store } from '../../src/store/store.ts'
import { contentOf, ok, openDesk, page, refused3011 } from '../sends/desk.ts'
import { onBoth } from '../store/engines.ts'
import { until } from '../until.ts'

const log = { info: () => {}, error: () => {} }

onBoth('sends go in order, one at a time for each contact, and are done', async (t, { store }) => {
  const queue = createQueue(store)
  const { perform, platform } = await openDesk(t, {
    clock: { ...systemClock, pass: async () => {}, settle: async () => {} },
  })
  const sends = Array.from({ length: 20 }, (_, i) => sendTo(`c${i % 4}`, `${i}`))
  const { worker, ended } = workOn(queue, perform, sends.length)
  worker.start()
  await queue.add(sends)
  await ended
  await worker.stop()
  t.strictSame([...new Set((await queue.list({})).map(({ state }) => state))], ['done'])
  const texts = platform.heard.map(({ body }) => Number(JSON.parse(body).data.content.messages[0].text))
  for (const contact of [0, 1, 2, 3]) {
    const own = texts.filter(text => text % 4 === contact)
    t.strictSame(
      own,
      [0, 4, 8, 12, 16].map(text => text + contact),
      `contact ${contact}`,
    )
  }
})

onBoth('progress of a fallback survives a worker that dies', async (t, { store, clock: time }) => {
  const clock = { ...systemClock, pass: async () => {}, settle: async () => {} }
  const queue = createQueue(store, { now: time.now })
  const { perform, platform, calls } = await openDesk(t, { clock })
  platform.answerWith(refused3011, ok, ok)
  await queue.add([{ ...sendTo('1', ''), params: contentOf('One', 'Two') }])
  const [lease] = await queue.claim({ kind: 'delivery', worker: 'first', limit: 1 })
  if (!lease) throw new Error('nothing was claimed')
  // The process dies after saving its progress and before giving the send back.
  const context = { signal: new AbortController().signal }
  await perform(lease, { ...context, keep: params => queue.setParams(lease, params) })
  await queue.recover({ worker: 'first', beat: null })
  time.pass(1)
  const [taken] = await queue.claim({ kind: 'delivery', worker: 'second', limit: 1 })
  if (!taken) throw new Error('nothing was taken over')
  await perform(taken, { ...context, keep: params => queue.setParams(taken, params) })
  const values = calls().flatMap(([, body]) => (body as { field_value?: string }).field_value ?? [])
  t.strictSame(values, ['One', 'Two'])
})

onBoth('the clock of the store jumps an hour forward: all goes out, each once', async (t, { store }) => {
  let jumpMs = 0
  const jumping: Store = {
    ...store,
    get now() {
      return sql<number>`(${store.now} + ${sql.lit(jumpMs)})`
    },
  }
  const queue = createQueue(jumping)
  const { perform, platform } = await openDesk(t, {
    clock: { ...systemClock, pass: async () => {}, settle: async () => {} },
    limits: createSharedRateLimits(jumping),
  })
  const sends = Array.from({ length: 50 }, (_, i) => sendTo(`c${i}`, `${i}`))
  const { worker, ended } = workOn(queue, perform, sends.length)
  await queue.add(sends)
  worker.start()
  // The clock jumps while the page uses its full rate.
  for (const [heard, ms] of [[10, 3_600_000]] as const) {
    await until(() => platform.heard.length >= heard)
    jumpMs = ms
  }
  await ended
  await worker.stop()
  t.equal(platform.heard.length, sends.length)
  t.strictSame((await queue.stats()).byState, [])
})

function workOn(queue: Queue, perform: Perform, count: number) {
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  let done = 0
  const finish: Queue['finish'] = async lease => {
    const isOurs = await queue.finish(lease)
    if (++done === count) resolve()
    return isOurs
  }
  const common = { queue: () => ({ ...queue, finish }), log, clock: systemClock }
  const outage = createOutage(common)
  const heartbeat = createHeartbeat({ ...common, leaseMs: 30_000, onLost() {} })
  const work = createDeliveries({
    ...common,
    perform,
    outage,
    metrics: createSendMetrics({ registry: new Registry(), readStats: () => queue.stats() }),
  })
  return { ended, worker: createWorker({ ...common, work, heartbeat, outage }) }
}

function sendTo(addressee: string, text: string): NewDelivery {
  return { operation: 'sending.sendContent', page, addressee, params: contentOf(text) }
}
