import t from 'tap'
import { callMetrics, createCallMetrics } from '../../src/ops/call-metrics.ts'
import { serverMetrics } from '../../src/ops/server-metrics.ts'
import type { CallReport } from '../../src/webhook/report.ts'

const report: CallReport = {
  call: 'id-1',
  block: 'size',
  step: null,
  kind: 'open',
  channel: 'messenger',
  outcome: 'ok',
  ms: 12,
}

t.test('the names stay', async t => {
  t.strictSame(
    Object.values({ ...callMetrics, ...serverMetrics }).map(({ name, labels }) => [name, ...labels]),
    [
      ['dynablock_calls_total', 'block', 'kind', 'channel', 'outcome'],
      ['dynablock_call_duration_seconds', 'block'],
      ['dynablock_fallbacks_total', 'block', 'code'],
      ['dynablock_content_warnings_total', 'block', 'rule'],
      ['dynablock_refusals_total', 'code'],
      ['dynablock_auth_failures_total', 'route'],
      ['dynablock_outbound_calls_total', 'service', 'operation', 'outcome'],
      ['dynablock_outbound_call_duration_seconds', 'service'],
      ['dynablock_overloaded'],
      ['dynablock_build_info', 'version'],
    ],
  )
  for (const { name, type, help } of Object.values({ ...callMetrics, ...serverMetrics })) {
    t.equal(name.endsWith('_total'), type === 'counter', name)
    t.match(help, /\.$/)
  }
})

t.test('each call is counted under its block, kind, channel and outcome', async t => {
  const { answered, read } = createCallMetrics()
  answered(report)
  answered({ ...report, call: 'id-2', ms: 3 })
  answered({ ...report, block: 'faq', kind: 'message', channel: 'telegram', outcome: 'expired', ms: 0 })
  answered({ ...report, kind: 'tap', step: 'chosen', outcome: 'fallback', code: 'DYN_BLOCK_LATE', ms: 8004 })
  const { calls, callDuration } = read()
  t.strictSame(calls, [
    { labels: { block: 'size', kind: 'open', channel: 'messenger', outcome: 'ok' }, value: 2 },
    { labels: { block: 'size', kind: 'tap', channel: 'messenger', outcome: 'fallback' }, value: 1 },
    { labels: { block: 'faq', kind: 'message', channel: 'telegram', outcome: 'expired' }, value: 1 },
  ])
  const ofSize = callDuration.filter(({ labels }) => labels.block === 'size')
  const upTo = (le: string) => ofSize.find(({ labels }) => labels.le === le)?.value
  t.strictSame([upTo('0.005'), upTo('0.025'), upTo('8'), upTo('8.5'), upTo('10')], [1, 2, 2, 3, 3])
  t.match(ofSize.slice(-2), [
    { suffix: '_sum', value: 8.019 },
    { suffix: '_count', value: 3 },
  ])
})

t.test('outbound calls are counted by operation, and timed by service', async t => {
  const { calledOut, read } = createCallMetrics()
  const call = { service: 'manychat', operation: 'sending.sendContent', ms: 120 } as const
  calledOut({ ...call, code: null })
  calledOut({ ...call, code: 'DYN_CALL_LIMITED' })
  const { outbound, outboundDuration } = read()
  const { service, operation } = call
  t.strictSame(outbound, [
    { labels: { service, operation, outcome: 'ok' }, value: 1 },
    { labels: { service, operation, outcome: 'DYN_CALL_LIMITED' }, value: 1 },
  ])
  t.match(outboundDuration.at(-1), { suffix: '_count', labels: { service }, value: 2 })
})

t.test('a metric is no longer than its names', async t => {
  const { answered, failed, warned, refused, unauthorized, read } = createCallMetrics()
  for (let i = 0; i < 1000; i++) {
    answered({ ...report, call: `id-${i}`, step: `step-${i}`, ms: i })
    failed('size', 'DYN_BLOCK_THREW')
    warned('size', 'text-length')
    refused('DYN_UNAUTHORIZED')
    unauthorized('/blocks/:block')
  }
  const { calls, callDuration, fallbacks, warnings, refusals, authFailures } = read()
  t.equal(callDuration.length, 19)
  for (const samples of [calls, fallbacks, warnings, refusals, authFailures]) {
    t.equal(samples.length, 1)
    t.equal(samples[0]?.value, 1000)
  }
})
