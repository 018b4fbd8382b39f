import t from 'tap'
import { createCallMetrics } from '../../src/ops/call-metrics.ts'
import { Registry } from '../../src/ops/prom-client.ts'
import type { CallReport } from '../../src/webhook/report.ts'
import { allMetrics, samplesOf } from './metrics-of.ts'

const report: CallReport = {
  call: 'id-1',
  block: 'size',
  step: null,
  kind: 'open',
  channel: 'messenger',
  outcome: 'ok',
  ms: 12,
}

function setUp() {
  const registry = new Registry()
  return { ...createCallMetrics(registry), samples: (name: string) => samplesOf(registry, name) }
}

t.test('the names stay', async t => {
  t.strictSame(
    allMetrics().map(({ name, labelNames }) => [name, ...labelNames]),
    [
      ['dynablock_calls_total', 'block', 'kind', 'channel', 'outcome'],
      ['dynablock_call_duration_seconds', 'block'],
      ['dynablock_fallbacks_total', 'block', 'code'],
      ['dynablock_content_warnings_total', 'block', 'rule'],
      ['dynablock_refusals_total', 'code'],
      ['dynablock_auth_failures_total', 'route'],
      ['dynablock_connections_closed_total', 'which'],
      ['dynablock_outbound_calls_total', 'service', 'operation', 'outcome'],
      ['dynablock_outbound_call_duration_seconds', 'service'],
      ['dynablock_sends', 'operation', 'state'],
      ['dynablock_sends_oldest_waiting_seconds'],
      ['dynablock_outcomes_oldest_waiting_seconds'],
      ['dynablock_sends_newest_dead_seconds'],
      ['dynablock_store_up'],
      ['dynablock_send_attempts_total', 'operation', 'outcome'],
      ['dynablock_send_slots_total'],
      ['dynablock_late_replies_total', 'block'],
      ['dynablock_reruns_total', 'block'],
      ['dynablock_send_leases_lost_total'],
      ['dynablock_sends_held_total', 'operation', 'code'],
      ['dynablock_sends_without_actions_total', 'operation'],
      ['dynablock_pages_paused'],
      ['dynablock_overloaded'],
      ['dynablock_build_info', 'version'],
    ],
  )
  for (const { name, type, help } of allMetrics()) {
    t.equal(name.endsWith('_total'), type === 'counter', name)
    t.match(help, /\.$/)
  }
})

t.test('each call is counted under its block, kind, channel and outcome', async t => {
  const { answered, samples } = setUp()
  answered(report)
  answered({ ...report, call: 'id-2', ms: 3 })
  answered({ ...report, block: 'faq', kind: 'message', channel: 'telegram', outcome: 'expired', ms: 0 })
  answered({ ...report, kind: 'tap', step: 'chosen', outcome: 'fallback', code: 'DYN_BLOCK_LATE', ms: 8004 })
  const calls = [
    ['size open messenger ok', 2],
    ['size tap messenger fallback', 1],
    ['faq message telegram expired', 1],
  ]
  t.strictSame(await samples('dynablock_calls_total'), calls)
  t.strictSame(await samples('dynablock_calls_total'), calls, 'a second scrape counts nothing twice')
  const durations = await samples('dynablock_call_duration_seconds')
  const upTo = (le: string) => durations.find(([labels]) => labels === `${le} size`)?.[1]
  t.strictSame([upTo('0.005'), upTo('0.025'), upTo('8'), upTo('8.5'), upTo('+Inf')], [1, 2, 2, 3, 3])
  t.strictSame(
    durations.filter(([labels]) => labels === 'size').map(([, value]) => value),
    [8.019, 3],
    'sum and count',
  )
})

t.test('outbound calls are counted by operation, and timed by service', async t => {
  const { calledOut, samples } = setUp()
  const call = { service: 'manychat', operation: 'sending.sendContent', ms: 120 } as const
  calledOut({ ...call, code: null })
  calledOut({ ...call, code: 'DYN_CALL_LIMITED' })
  t.strictSame(await samples('dynablock_outbound_calls_total'), [
    ['manychat sending.sendContent ok', 1],
    ['manychat sending.sendContent DYN_CALL_LIMITED', 1],
  ])
  t.strictSame((await samples('dynablock_outbound_call_duration_seconds')).at(-1), ['manychat', 2])
})

t.test('a metric is no longer than its names', async t => {
  const { answered, failed, warned, refused, unauthorized, samples } = setUp()
  for (let i = 0; i < 1000; i++) {
    answered({ ...report, call: `id-${i}`, step: `step-${i}`, ms: i })
    failed('size', 'DYN_BLOCK_THREW')
    warned('size', 'text-length')
    refused('DYN_UNAUTHORIZED')
    unauthorized('/blocks/:block')
  }
  t.equal((await samples('dynablock_call_duration_seconds')).length, 19)
  for (const name of ['calls', 'fallbacks', 'content_warnings', 'refusals', 'auth_failures']) {
    const found = await samples(`dynablock_${name}_total`)
    t.strictSame(
      found.map(([, value]) => value),
      [1000],
      name,
    )
  }
})
