import t from 'tap'
import { createSendMetrics, sendMetrics } from '../../src/sends/metrics.ts'

t.test('the names stay', async t => {
  t.strictSame(
    Object.values(sendMetrics).map(({ name, labels }) => [name, ...labels]),
    [
      ['dynablock_sends', 'operation', 'state'],
      ['dynablock_sends_oldest_waiting_seconds'],
      ['dynablock_send_attempts_total', 'operation', 'outcome'],
      ['dynablock_send_slots_total'],
      ['dynablock_late_replies_total', 'block'],
      ['dynablock_reruns_total', 'block'],
      ['dynablock_send_leases_lost_total'],
    ],
  )
  for (const { name, type, help } of Object.values(sendMetrics)) {
    t.equal(name.endsWith('_total'), type === 'counter', name)
    t.match(help, /\.$/)
  }
})

t.test('counts by labels, and shows what the store knows', async t => {
  const metrics = createSendMetrics()
  const operation = 'sending.sendFlow'
  for (const outcome of ['done', 'retry', 'done']) metrics.count('attempts', { operation, outcome })
  metrics.count('lostLeases', {})
  metrics.count('lateReplies', { block: 'size' })
  metrics.count('reruns', { block: 'size' })
  t.strictSame(metrics.read({ byState: [{ operation, state: 'dead', count: 4 }], oldestWaitingSeconds: 7 }), {
    sends: [{ labels: { operation, state: 'dead' }, value: 4 }],
    oldestWaiting: [{ labels: {}, value: 7 }],
    attempts: [
      { labels: { operation, outcome: 'done' }, value: 2 },
      { labels: { operation, outcome: 'retry' }, value: 1 },
    ],
    slots: [],
    lateReplies: [{ labels: { block: 'size' }, value: 1 }],
    reruns: [{ labels: { block: 'size' }, value: 1 }],
    lostLeases: [{ labels: {}, value: 1 }],
  })
})

t.test('counts the slots that limits give', async t => {
  const metrics = createSendMetrics()
  const answers = [
    { granted: true, waitMs: 0 },
    { granted: false, waitMs: 1500 },
    { granted: true, waitMs: 40 },
  ]
  const slowDown = async () => {}
  const limits = metrics.meter({ reserve: async () => answers.shift() as (typeof answers)[number], slowDown })
  for (const waitMs of [0, 1500, 40]) t.equal((await limits.reserve([], 1000)).waitMs, waitMs)
  t.equal(limits.slowDown, slowDown)
  t.strictSame(metrics.read({ byState: [], oldestWaitingSeconds: 0 }).slots, [{ labels: {}, value: 2 }])
})
