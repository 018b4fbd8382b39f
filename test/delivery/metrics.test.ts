import t from 'tap'
import { createSendMetrics } from '../../src/delivery/metrics.ts'
import { Registry } from '../../src/ops/prom-client.ts'
import type { QueueStats } from '../../src/queue/job.ts'
import { samplesOf } from '../ops/metrics-of.ts'

const operation = 'sending.sendFlow'

function setUp(readStats: () => Promise<QueueStats | null>) {
  const registry = new Registry()
  const metrics = createSendMetrics({ registry, readStats })
  return { metrics, registry, samples: (name: string) => samplesOf(registry, `dynablock_${name}`) }
}

t.test('counts by labels', async t => {
  const { metrics, samples } = setUp(async () => null)
  for (const outcome of ['done', 'retry', 'done']) metrics.attempts.inc({ operation, outcome })
  metrics.lostLeases.inc()
  metrics.lateReplies.inc({ block: 'size' })
  t.strictSame(await samples('send_attempts_total'), [
    [`${operation} done`, 2],
    [`${operation} retry`, 1],
  ])
  t.strictSame(await samples('late_replies_total'), [['size', 1]])
  t.strictSame(await samples('reruns_total'), [])
  t.strictSame(await samples('send_leases_lost_total'), [['', 1]])
})

t.test('shows what the store knows, asked once for all of it', async t => {
  const byState = [{ operation, state: 'dead' as const, count: 4 }]
  const known7 = { byState, oldestWaitingSeconds: 7, oldestOutcomeSeconds: 8 }
  const answers = [{ ...known7, newestDeadSeconds: 5 }, null, { ...known7, newestDeadSeconds: null }]
  let reads = 0
  const { registry } = setUp(async () => answers[reads++] ?? null)
  const known = await registry.metrics()
  t.equal(reads, 1)
  t.match(known, `dynablock_sends{operation="${operation}",state="dead"} 4\n`)
  t.match(known, 'dynablock_sends_oldest_waiting_seconds 7\n')
  t.match(known, 'dynablock_outcomes_oldest_waiting_seconds 8\n')
  t.match(known, 'dynablock_sends_newest_dead_seconds 5\n')
  t.match(known, 'dynablock_store_up 1\n')
  const unknown = await registry.metrics()
  t.equal(reads, 2)
  t.notMatch(unknown, /^dynablock_(sends|outcomes)[{_]/m, 'an unknown number is left out')
  t.match(unknown, 'dynablock_store_up 0\n')
  t.notMatch(await registry.metrics(), /^dynablock_sends_newest_dead/m, 'nothing is dead')
})

t.test('counts the slots that limits give', async t => {
  const { metrics, samples } = setUp(async () => null)
  const answers = [
    { granted: true, waitMs: 0 },
    { granted: false, waitMs: 1500 },
    { granted: true, waitMs: 40 },
  ]
  const slowDown = async () => {}
  const limits = metrics.meter({ reserve: async () => answers.shift() as (typeof answers)[number], slowDown })
  for (const waitMs of [0, 1500, 40]) t.equal((await limits.reserve([], 1000)).waitMs, waitMs)
  t.equal(limits.slowDown, slowDown)
  t.strictSame(await samples('send_slots_total'), [['', 2]])
})
