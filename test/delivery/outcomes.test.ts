import t, { type Test } from 'tap'
import { createOutage } from '../../src/delivery/outage.ts'
import { createOutcomes, type OutcomesOptions } from '../../src/delivery/outcomes.ts'
import type { Lease } from '../../src/queue/job.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { openStore } from '../../src/store/store.ts'
import { startFakePlatform } from '../fake-platform.ts'
import { delivery } from '../queue/delivery.ts'
import { folder } from '../store/stores.ts'
import { createManualClock } from './manual-clock.ts'

const keys = [`whsec_${Buffer.alloc(24, 'k').toString('base64')}`]
const unavailable = { status: 503 }

async function setUp(t: Test, options: Partial<OutcomesOptions> = {}) {
  const clock = createManualClock()
  const receiver = await startFakePlatform(t)
  const store = await openStore({ dataDir: folder(t) })
  t.teardown(store.close)
  const queue = createQueue(store, { now: clock.now, tellsOutcomes: true })
  const logged: unknown[][] = []
  const counted: object[] = []
  const log = { info: () => undefined, error: (...line: unknown[]) => void logged.push(line) }
  const attempts = { inc: (labels: object) => void counted.push(labels) } as never
  const outage = createOutage({ clock, log })
  const common = { queue: () => queue, outage, log, clock }
  const work = createOutcomes({
    ...common,
    url: receiver.url,
    keys,
    fetch,
    metrics: { attempts },
    random: () => 0,
    ...options,
  })
  return { clock, receiver, queue, work, logged, counted, end, claim, carryOut }

  /** Lets sends end, so that their outcomes are to be told. */
  async function end(count: number): Promise<void> {
    await queue.add(Array.from({ length: count }, () => delivery()))
    for (const lease of await queue.claim({ kind: 'delivery', worker: 'w', limit: count })) await queue.finish(lease)
  }

  async function claim(): Promise<Lease> {
    const [lease] = await queue.claim({ kind: 'outcome', worker: 'w', limit: 1 })
    return lease as Lease
  }

  function carryOut(lease: Lease, signal = new AbortController().signal): Promise<void> {
    return work.carryOut(lease, { signal, settle: () => undefined, abort: () => undefined, drop: () => undefined })
  }
}

t.test('what fails is told again under the same id, later each time, and dies after a day', async t => {
  const { clock, receiver, queue, logged, counted, end, claim, carryOut } = await setUp(t)
  await end(1)
  const failures = [unavailable, { status: 302, headers: { location: receiver.url } }, { fault: 'reset' as const }]
  receiver.answerWith(...failures)
  const says: unknown[] = []
  for (const [index] of failures.entries()) {
    const lease = await claim()
    await carryOut(lease)
    const job = await queue.get(lease.id)
    says.push(job?.lastError?.message.replace(/ Let it .*/, ''))
    t.match(job, { state: 'waiting', attempts: index + 1, notBefore: clock.now() + 1000 * 2 ** index })
    await clock.pass(1000 * 2 ** index)
  }
  t.same(says, [
    'OUTCOME_URL did not take the outcome of a send: HTTP 503.',
    'OUTCOME_URL did not take the outcome of a send: HTTP 302.',
    'OUTCOME_URL did not take the outcome of a send: UND_ERR_SOCKET.',
  ])
  t.equal(receiver.heard.length, 3, 'the redirect was not followed')
  t.equal(new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size, 1)
  t.equal(new Set(receiver.heard.map(({ headers }) => headers['webhook-timestamp'])).size, 3)

  await clock.pass(86_400_000)
  const last = await claim()
  receiver.answerWith(unavailable)
  await carryOut({ ...last, attempts: 10 })
  t.match(await queue.get(last.id), { state: 'dead', lastError: { code: 'DYN_OUTCOME_REFUSED' } })
  t.match(logged, [[{ id: last.id, operation: 'outcome', code: 'DYN_OUTCOME_REFUSED' }, 'an outcome is dead']])
  t.same(counted.at(-1), { operation: 'outcome', outcome: 'dead' })
  await queue.retry(last.id)
  await carryOut(await claim())
  t.match(await queue.get(last.id), { state: 'done' })
})

t.test('a receiver that fails rests, longer each time, until it answers', async t => {
  const { clock, receiver, work, end, claim, carryOut } = await setUp(t)
  await end(5)
  t.same([work.limits().skip, work.opensAt()], [[], []])
  for (const restMs of [1000, 2000]) {
    receiver.answerWith(unavailable, unavailable)
    await Promise.all([carryOut(await claim()), carryOut(await claim())])
    t.same([work.limits().skip, work.opensAt()], [[' outcome'], [clock.now() + restMs]], 'two at once are one sign')
    await clock.pass(restMs)
  }
  t.same(work.limits().skip, [])
  await carryOut(await claim())
  receiver.answerWith(unavailable)
  await carryOut(await claim())
  t.same(work.opensAt(), [clock.now() + 1000])
})

t.test('a receiver that is silent is given up, and so is one whose lease is lost', async t => {
  const { receiver, queue, end, claim, carryOut, counted } = await setUp(t, { timeoutMs: 50 })
  await end(2)
  receiver.answerWith({ fault: 'silent' }, { fault: 'silent' })
  const lease = await claim()
  await carryOut(lease)
  t.match((await queue.get(lease.id))?.lastError?.message, /no answer within 50 ms/)
  t.equal(counted.length, 1)
  const lost = await claim()
  await queue.cancel(lost.id)
  await carryOut(lost, AbortSignal.abort())
  t.match(await queue.get(lost.id), { state: 'cancelled' })
  t.equal(counted.length, 1, 'what is no longer ours is not counted')
})
