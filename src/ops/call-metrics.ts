import { channels } from '../content/channels.ts'
import { createCounters, type MetricTable, type Sample } from '../counters.ts'
import type { OutboundReport } from '../manychat/exchange.ts'
import { type CallReport, kinds, outcomes } from '../webhook/report.ts'
import { createHistogram } from './histogram.ts'

/** Everything that calls measure. The names are fixed: people build alarms on them. No label holds what a caller wrote. */
export const callMetrics = {
  calls: {
    name: 'dynablock_calls_total',
    type: 'counter',
    help: 'Calls of ManyChat that were answered by 200, by block, kind, channel and what the contact got.',
    labels: ['block', 'kind', 'channel', 'outcome'],
  },
  callDuration: {
    name: 'dynablock_call_duration_seconds',
    type: 'histogram',
    help: 'From when a call was read to its answer, by block.',
    labels: ['block'],
  },
  fallbacks: {
    name: 'dynablock_fallbacks_total',
    type: 'counter',
    help: 'Replies in whose place the contact gets the fallback, late ones too, by block and error.',
    labels: ['block', 'code'],
  },
  warnings: {
    name: 'dynablock_content_warnings_total',
    type: 'counter',
    help: 'Content that a channel may cut or not show, by block and rule.',
    labels: ['block', 'rule'],
  },
  refusals: {
    name: 'dynablock_refusals_total',
    type: 'counter',
    help: 'Requests that were refused, by error.',
    labels: ['code'],
  },
  authFailures: {
    name: 'dynablock_auth_failures_total',
    type: 'counter',
    help: 'Requests with a wrong secret, token or sealed state, by route.',
    labels: ['route'],
  },
  outbound: {
    name: 'dynablock_outbound_calls_total',
    type: 'counter',
    help: 'Calls to other services, by service, operation and outcome: ok, or the error.',
    labels: ['service', 'operation', 'outcome'],
  },
  outboundDuration: {
    name: 'dynablock_outbound_call_duration_seconds',
    type: 'histogram',
    help: 'How long other services took to answer, by service.',
    labels: ['service'],
  },
} as const satisfies MetricTable

/** Around REPLY_WITHIN_MS, 8 s, and what ManyChat waits, 10 s, it is worth knowing exactly. */
const callBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 8, 8.5, 9, 9.5, 10]
const outboundBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]

type Histogram = ReturnType<typeof createHistogram>

export type CallMetrics = ReturnType<typeof createCallMetrics>

/** Counts calls in this process. What each call does is a look-up and three additions. */
export function createCallMetrics() {
  const { count, samplesOf } = createCounters<typeof callMetrics>()
  const ofBlocks = new Map<string, { calls: number[]; durations: Histogram }>()
  const ofServices = new Map<string, Histogram>()
  return { answered, failed, warned, refused, unauthorized, calledOut, read }

  function answered({ block, kind, channel, outcome, ms }: CallReport): void {
    let ofBlock = ofBlocks.get(block)
    if (ofBlock === undefined) {
      const calls = new Array<number>(kinds.length * channels.length * outcomes.length).fill(0)
      ofBlock = { calls, durations: createHistogram(callBounds) }
      ofBlocks.set(block, ofBlock)
    }
    const index =
      (kinds.indexOf(kind) * channels.length + channels.indexOf(channel)) * outcomes.length + outcomes.indexOf(outcome)
    ofBlock.calls[index] = (ofBlock.calls[index] as number) + 1
    ofBlock.durations.observe(ms / 1000)
  }

  function failed(block: string, code: string): void {
    count('fallbacks', { block, code })
  }

  function warned(block: string, rule: string): void {
    count('warnings', { block, rule })
  }

  function refused(code: string): void {
    count('refusals', { code })
  }

  /** The route as it is registered, like `/blocks/:block`, never the path. */
  function unauthorized(route: string): void {
    count('authFailures', { route })
  }

  function calledOut({ service, operation, code, ms }: OutboundReport): void {
    count('outbound', { service, operation, outcome: code ?? 'ok' })
    const durations = ofServices.get(service) ?? createHistogram(outboundBounds)
    ofServices.set(service, durations)
    durations.observe(ms / 1000)
  }

  /** All samples, by metric. */
  function read(): Record<keyof typeof callMetrics, Sample[]> {
    return {
      calls: [...ofBlocks].flatMap(([block, { calls }]) => callSamples(block, calls)),
      callDuration: [...ofBlocks].flatMap(([block, { durations }]) => durations.samples({ block })),
      fallbacks: samplesOf('fallbacks'),
      warnings: samplesOf('warnings'),
      refusals: samplesOf('refusals'),
      authFailures: samplesOf('authFailures'),
      outbound: samplesOf('outbound'),
      outboundDuration: [...ofServices].flatMap(([service, durations]) => durations.samples({ service })),
    }
  }
}

/** The counts of a block, in the order in which `answered` numbers them. */
function callSamples(block: string, calls: number[]): Sample[] {
  const labels = kinds.flatMap(kind =>
    channels.flatMap(channel => outcomes.map(outcome => ({ block, kind, channel, outcome }))),
  )
  return labels.flatMap((label, i) => (calls[i] === 0 ? [] : { labels: label, value: calls[i] as number }))
}
