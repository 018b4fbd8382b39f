import type { Registry } from 'prom-client'
import { type Channel, channels } from '../content/channels.ts'
import type { OutboundReport } from '../outbound/exchange.ts'
import { type CallReport, kinds, outcomes } from '../webhook/report.ts'
import type { Disconnected } from './connection-limit.ts'
import { Counter, Histogram } from './prom-client.ts'

/** Around REPLY_WITHIN_MS, 8 s, and ManyChat's own limit, 10 s, fine buckets are worth having. */
const callBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 8, 8.5, 9, 9.5, 10]
/** Media may take a minute. */
const outboundBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60]

const labelsOfCalls = kinds.flatMap(kind =>
  channels.flatMap(channel => outcomes.map(outcome => ({ kind, channel, outcome }))),
)

/** The place of these labels in `labelsOfCalls`. */
function indexOf(kind: CallReport['kind'], channel: Channel, outcome: CallReport['outcome']): number {
  return (
    (kinds.indexOf(kind) * channels.length + channels.indexOf(channel)) * outcomes.length + outcomes.indexOf(outcome)
  )
}

export type CallMetrics = ReturnType<typeof createCallMetrics>

/** The metrics of calls. Their names are fixed, because people build alerts on them. No label holds text of a caller. */
export function createCallMetrics(registry: Registry) {
  const registers = [registry]
  // Joining four labels would cost each call time, so calls are counted by number and labelled when they are read.
  const byBlock = new Map<string, { counts: number[]; observe(seconds: number): void }>()
  const calls = new Counter({
    name: 'dynablock_calls_total',
    help: 'Calls of ManyChat that were answered by 200, by block, kind, channel and what the contact got.',
    labelNames: ['block', 'kind', 'channel', 'outcome'],
    registers,
    collect,
  })
  const callDurations = new Histogram({
    name: 'dynablock_call_duration_seconds',
    help: 'From when a call was read to its answer, by block.',
    labelNames: ['block'],
    buckets: callBuckets,
    registers,
  })
  const fallbacks = new Counter({
    name: 'dynablock_fallbacks_total',
    help: 'Replies in whose place the contact gets the fallback, late ones too, by block and error.',
    labelNames: ['block', 'code'],
    registers,
  })
  const warnings = new Counter({
    name: 'dynablock_content_warnings_total',
    help: 'Content that a channel may cut or not show, by block and rule.',
    labelNames: ['block', 'rule'],
    registers,
  })
  const refusals = new Counter({
    name: 'dynablock_refusals_total',
    help: 'Requests that were refused, by error.',
    labelNames: ['code'],
    registers,
  })
  const authFailures = new Counter({
    name: 'dynablock_auth_failures_total',
    help: 'Requests with a wrong secret, token or sealed state, by route.',
    labelNames: ['route'],
    registers,
  })
  const connections = new Counter({
    name: 'dynablock_connections_closed_total',
    help: 'Connections that were closed because there were too many, by which: unproven, idle, new.',
    labelNames: ['which'],
    registers,
  })
  const outbound = new Counter({
    name: 'dynablock_outbound_calls_total',
    help: 'Calls to other services, by service, operation and outcome: ok, or the error.',
    labelNames: ['service', 'operation', 'outcome'],
    registers,
  })
  const outboundDurations = new Histogram({
    name: 'dynablock_outbound_call_duration_seconds',
    help: 'How long other services took to answer, by service.',
    labelNames: ['service'],
    buckets: outboundBuckets,
    registers,
  })
  return {
    answered,
    calledOut,
    failed: (block: string, code: string) => fallbacks.inc({ block, code }),
    warned: (block: string, rule: string) => warnings.inc({ block, rule }),
    refused: (code: string) => refusals.inc({ code }),
    disconnected: (which: Disconnected) => connections.inc({ which }),
    /** The route as it is registered, like `/blocks/:block`, never the path. */
    unauthorized: (route: string) => authFailures.inc({ route }),
  }

  function answered({ block, kind, channel, outcome, ms }: CallReport): void {
    let ofBlock = byBlock.get(block)
    if (ofBlock === undefined) {
      ofBlock = { counts: labelsOfCalls.map(() => 0), observe: callDurations.labels(block).observe }
      byBlock.set(block, ofBlock)
    }
    const { counts, observe } = ofBlock
    const index = indexOf(kind, channel, outcome)
    counts[index] = (counts[index] as number) + 1
    observe(ms / 1000)
  }

  function calledOut({ service, operation, code, ms }: OutboundReport): void {
    outbound.inc({ service, operation, outcome: code ?? 'ok' })
    outboundDurations.observe({ service }, ms / 1000)
  }

  function collect(): void {
    calls.reset()
    for (const [block, { counts }] of byBlock) {
      for (const [i, labels] of labelsOfCalls.entries()) {
        const count = counts[i] as number
        if (count > 0) calls.inc({ block, ...labels }, count)
      }
    }
  }
}
