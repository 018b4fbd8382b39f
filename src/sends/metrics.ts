import { createCounters, type MetricTable, type Sample } from '../counters.ts'
import type { RateLimits } from '../manychat/limits.ts'
import type { QueueStats } from './send.ts'

/** Everything that sends measure. The names are fixed: people build alarms on them. */
export const sendMetrics = {
  sends: {
    name: 'dynablock_sends',
    type: 'gauge',
    help: 'Sends in the store, by operation and state.',
    labels: ['operation', 'state'],
  },
  oldestWaiting: {
    name: 'dynablock_sends_oldest_waiting_seconds',
    type: 'gauge',
    help: 'How long the oldest send that could go has been waiting.',
    labels: [],
  },
  attempts: {
    name: 'dynablock_send_attempts_total',
    type: 'counter',
    help: 'Attempts of this process to carry a send out, by operation and what became of it.',
    labels: ['operation', 'outcome'],
  },
  slots: {
    name: 'dynablock_send_slots_total',
    type: 'counter',
    help: 'Slots of rate limits that this process reserved.',
    labels: [],
  },
  lateReplies: {
    name: 'dynablock_late_replies_total',
    type: 'counter',
    help: 'Calls that were answered later, by sendContent.',
    labels: ['block'],
  },
  reruns: {
    name: 'dynablock_reruns_total',
    type: 'counter',
    help: 'Calls that were run again because their process had died.',
    labels: ['block'],
  },
  lostLeases: {
    name: 'dynablock_send_leases_lost_total',
    type: 'counter',
    help: 'Leases that another process took, or may have taken, while this one worked on the send.',
    labels: [],
  },
} as const satisfies MetricTable

export type SendMetrics = ReturnType<typeof createSendMetrics>

/** Counts in this process; what the store knows is read when it is asked for. */
export function createSendMetrics() {
  const { count, samplesOf } = createCounters<typeof sendMetrics>()
  return { count, read, meter }

  /** All samples, by metric. */
  function read({ byState, oldestWaitingSeconds }: QueueStats): Record<keyof typeof sendMetrics, Sample[]> {
    return {
      sends: byState.map(({ operation, state, count }) => ({ labels: { operation, state }, value: count })),
      oldestWaiting: [{ labels: {}, value: oldestWaitingSeconds }],
      attempts: samplesOf('attempts'),
      slots: samplesOf('slots'),
      lateReplies: samplesOf('lateReplies'),
      reruns: samplesOf('reruns'),
      lostLeases: samplesOf('lostLeases'),
    }
  }

  /** The same limits, counting the slots they give. */
  function meter(limits: RateLimits): RateLimits {
    return {
      ...limits,
      async reserve(rates, maxWaitMs) {
        const reservation = await limits.reserve(rates, maxWaitMs)
        if (reservation.granted) count('slots', {})
        return reservation
      },
    }
  }
}
