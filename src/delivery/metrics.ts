import type { Gauge as AnyGauge, Registry } from 'prom-client'
import { Counter, Gauge } from '../ops/prom-client.ts'
import type { RateLimits } from '../outbound/limits.ts'
import type { QueueStats } from '../queue/job.ts'

export type SendMetrics = ReturnType<typeof createSendMetrics>

export interface SendMetricsOptions {
  registry: Registry
  /** The numbers that only the store knows; null while it can't be read. */
  readStats(): Promise<QueueStats | null>
}

/** The metrics of sends. Their names are fixed, because people build alerts on them. */
export function createSendMetrics({ registry, readStats }: SendMetricsOptions) {
  const registers = [registry]
  let reading: Promise<QueueStats | null> | undefined
  const sends = new Gauge({
    name: 'dynablock_sends',
    help: 'Sends in the store, by operation and state; calls that are being run have the operation "run".',
    labelNames: ['operation', 'state'],
    registers,
    async collect() {
      const stats = await readOnce()
      sends.reset()
      for (const { operation, state, count } of stats?.byState ?? []) sends.set({ operation, state }, count)
    },
  })
  new Gauge({
    name: 'dynablock_sends_oldest_waiting_seconds',
    help: 'How long ago the oldest send or late reply was due that is not over, whatever holds it up.',
    registers,
    async collect() {
      showKnown(this, (await readOnce())?.oldestWaitingSeconds)
    },
  })
  new Gauge({
    name: 'dynablock_outcomes_oldest_waiting_seconds',
    help: 'How long ago the oldest outcome was due that OUTCOME_URL has not accepted.',
    registers,
    async collect() {
      showKnown(this, (await readOnce())?.oldestOutcomeSeconds)
    },
  })
  new Gauge({
    name: 'dynablock_sends_newest_dead_seconds',
    help: 'How long ago the latest send or late reply died.',
    registers,
    async collect() {
      showKnown(this, (await readOnce())?.newestDeadSeconds)
    },
  })
  new Gauge({
    name: 'dynablock_store_up',
    help: '1 while the store can be read and written.',
    registers,
    async collect() {
      this.set((await readOnce()) ? 1 : 0)
    },
  })
  const attempts = new Counter({
    name: 'dynablock_send_attempts_total',
    help: 'Attempts of this process to carry a send out, by operation and what became of it.',
    labelNames: ['operation', 'outcome'],
    registers,
  })
  const slots = new Counter({
    name: 'dynablock_send_slots_total',
    help: 'Slots of rate limits that this process reserved.',
    registers,
  })
  const lateReplies = new Counter({
    name: 'dynablock_late_replies_total',
    help: 'Calls that were answered later, by sendContent.',
    labelNames: ['block'],
    registers,
  })
  const reruns = new Counter({
    name: 'dynablock_reruns_total',
    help: 'Calls that were run again because their process had ended.',
    labelNames: ['block'],
    registers,
  })
  const lostLeases = new Counter({
    name: 'dynablock_send_leases_lost_total',
    help: 'Leases that another process took, or may have taken, while this one worked on the send.',
    registers,
  })
  const held = new Counter({
    name: 'dynablock_sends_held_total',
    help: 'Sends that are dead because nobody knows whether they arrived.',
    labelNames: ['operation', 'code'],
    registers,
  })
  const withoutActions = new Counter({
    name: 'dynablock_sends_without_actions_total',
    help: 'Contents that went out once more without an action, since the page lacks its tag or field.',
    labelNames: ['operation'],
    registers,
  })
  const pausedPages = new Gauge({
    name: 'dynablock_pages_paused',
    help: 'Pages whose sends pause, as they stayed over the limits; ManyChat may refuse such a page for 24 hours.',
    registers,
  })
  return { attempts, held, withoutActions, pausedPages, lateReplies, reruns, lostLeases, meter }

  /** The same limits, counting the slots they give. */
  function meter(limits: RateLimits): RateLimits {
    return {
      ...limits,
      async reserve(rates, maxWaitMs) {
        const reservation = await limits.reserve(rates, maxWaitMs)
        if (reservation.granted) slots.inc()
        return reservation
      },
    }
  }

  /** An unknown number is left out, as 0 would be wrong. */
  function showKnown(gauge: AnyGauge, seconds: number | null | undefined): void {
    if (seconds === null || seconds === undefined) gauge.remove()
    else gauge.set(seconds)
  }

  /** One question for all of these metrics, which are collected together. */
  function readOnce(): Promise<QueueStats | null> {
    reading ??= readStats().finally(() => {
      reading = undefined
    })
    return reading
  }
}
