/** The worker on the real queue, with real clients and a platform on a socket. */
import { sql } from 'kysely'
import { systemClock } from '../../src/manychat/clock.ts'
import { createSendMetrics } from '../../src/sends/metrics.ts'
import { createQueue } from '../../src/sends/queue.ts'
import type { NewSend, Queue } from '../../src/sends/send.ts'
import { createSharedRateLimits } from '../../src/sends/slots.ts'
import type { Store } from '../../src/sends/store.ts'
import { createWorker } from '../../src/sends/worker.ts'
import { contentOf, ok, openDesk, page, refused3011 } from './desk.ts'
import { onBoth } from './engines.ts'

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
  const [lease] = await queue.claim({ worker: 'first', limit: 1, leaseMs: 30_000 })
  if (!lease) throw new Error('nothing was claimed')
  // It dies after it kept its progress, and before it gave the send back.
  const context = { signal: new AbortController().signal, timesLimited: 1 }
  await perform(lease, { ...context, keep: params => queue.setParams(lease, params) })
  time.pass(30_000)
  const [taken] = await queue.claim({ worker: 'second', limit: 1, leaseMs: 30_000 })
  if (!taken) throw new Error('nothing was taken over')
  await perform(taken, { ...context, keep: params => queue.setParams(taken, params) })
  const values = calls().flatMap(([, body]) => (body as { field_value?: string }).field_value ?? [])
  t.strictSame(values, ['One', 'Two'])
})

onBoth('the clock of the store jumps an hour forward and two back: all goes out, each once', async (t, { store }) => {
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
  // While the page has as much on its way as its rate allows.
  for (const [heard, ms] of [
    [10, 3_600_000],
    [30, -3_600_000],
  ] as const) {
    while (platform.heard.length < heard) await new Promise(resolve => setTimeout(resolve, 5))
    jumpMs = ms
  }
  await ended
  await worker.stop()
  t.equal(platform.heard.length, sends.length)
  t.strictSame((await queue.stats()).byState, [])
})

function workOn(queue: Queue, perform: Parameters<typeof createWorker>[0]['perform'], count: number) {
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  let done = 0
  const finish: Queue['finish'] = async lease => {
    const isOurs = await queue.finish(lease)
    if (++done === count) resolve()
    return isOurs
  }
  const metrics = createSendMetrics()
  return { ended, worker: createWorker({ queue: { ...queue, finish }, perform, name: 'test', metrics, log }) }
}

function sendTo(addressee: string, text: string): NewSend {
  return { operation: 'sending.sendContent', page, addressee, params: contentOf(text) }
}
