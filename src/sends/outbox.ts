/** All that goes out and must not be lost, put together: the store, the queue, its worker, and late replies. */

import type { Registry } from 'prom-client'
import type { Blocks } from '../blocks/load.ts'
import { createLateReplies } from '../calls/late.ts'
import type { Runner } from '../calls/run.ts'
import { type BotsOptions, createBots } from '../chatfuel/bots.ts'
import { setUpContacts } from '../contacts/setup.ts'
import { createDeliveries } from '../delivery/deliveries.ts'
import { createDispatch, dryFetch, maxSlotWaitMs } from '../delivery/dispatch.ts'
import type { FallbackFlow } from '../delivery/fallback-flow.ts'
import { createHeartbeat } from '../delivery/heartbeat.ts'
import { createSendMetrics } from '../delivery/metrics.ts'
import { createDefaultOnUnknown } from '../delivery/on-unknown.ts'
import { createOutage } from '../delivery/outage.ts'
import { createOutcomes } from '../delivery/outcomes.ts'
import { createPerform } from '../delivery/perform.ts'
import { readKnownNames } from '../delivery/unknown-names.ts'
import { createWorker } from '../delivery/worker.ts'
import type { DynablockError } from '../errors/errors.ts'
import type { ParentLog } from '../log.ts'
import type { AppKeys } from '../manychat/app-keys.ts'
import { createPages, type PagesOptions } from '../manychat/pages.ts'
import { systemClock } from '../outbound/clock.ts'
import type { OnUnknown, QueueStats } from '../queue/job.ts'
import { createLazyStore } from '../store/lazy-store.ts'
import { createSendCheck } from './check-send.ts'

export interface OutboxOptions extends Omit<PagesOptions, 'limits' | 'maxWaitMs' | 'log' | 'appKeys' | 'beforeCall'> {
  blocks: Blocks
  store: { dataDir: string; databaseUrl: string | undefined }
  appKeys: AppKeys
  stateKeys: readonly string[]
  /** In place of the store's clock, for what expires. */
  expiryNow?: (() => number) | undefined
  bots: BotsOptions['entries']
  fallbackFlows: ReadonlyMap<string, FallbackFlow>
  /** Everything but the outbound call. */
  dryRun: boolean
  /** Whether it works on what the store holds; else that waits. */
  delivers: boolean
  /** ON_UNKNOWN_MEDIA. */
  onUnknownMedia: OnUnknown
  /** How long another process leaves alone what this one works on, when it no longer says that it lives; default 30000. */
  leaseMs?: number | undefined
  /** Who is told how each send ended; undefined: nobody. */
  outcomes: { url: string; keys: readonly string[] } | undefined
  /** Where the metrics of sends are registered. */
  registry: Registry
  /** Called when the store has failed for good. */
  onFatal?: ((error: DynablockError) => void) | undefined
  log: ParentLog
}

/** How long handlers of late replies may take to end once their signals abort; their calls are given back at once. */
const abortMs = 500
/** What was deleted is out of the files after that time, too. */
const sweepEveryMs = 600_000
/** So that metrics, read however often, add up a few thousand rows at most. */
const foldEveryMs = 5000
/** How soon an App Key that another process got is known here. */
const refreshEveryMs = 2000

export function createOutbox({
  blocks,
  store,
  appKeys,
  stateKeys,
  expiryNow,
  bots: entries,
  fallbackFlows,
  dryRun,
  delivers,
  onUnknownMedia,
  leaseMs = 30_000,
  outcomes: receiver,
  registry,
  onFatal,
  log,
  onCall,
  ...options
}: OutboxOptions) {
  const clock = systemClock
  const lazy = createLazyStore({ open, log, onFatal })
  const queue = () => lazy.get().queue
  const metrics = createSendMetrics({ registry, readStats })
  const limits = metrics.meter(lazy.limits)
  const outage = createOutage({ clock, log })
  const heartbeat = createHeartbeat({ queue, clock, leaseMs, onLost: () => metrics.lostLeases.inc() })
  const { requireAlive: beforeCall } = heartbeat
  const outbound = { log, onCall, limits, maxWaitMs: maxSlotWaitMs, beforeCall, ...(dryRun && { fetch: dryFetch }) }
  const pages = createPages({ ...options, ...outbound, appKeys })
  const bots = createBots({ ...outbound, entries })
  const { roomPageOf: pageOf } = pages
  const known = setUpContacts({ opened: lazy.get, stateKeys, pageOf, clock, leaseMs })
  const { isOpen } = lazy
  // The runner serves what comes in, which is registered later.
  const given = Promise.withResolvers<Runner['rerun']>()
  const rerun: Runner['rerun'] = async (record, options) => (await given.promise)(record, options)
  const defaultOnUnknown = createDefaultOnUnknown(onUnknownMedia)
  const common = { queue, outage, heartbeat, log }
  const late = createLateReplies({ ...common, blocks, rerun, requirePage, isOpen, defaultOnUnknown, metrics })
  const dispatch = createDispatch({ pages, bots })
  const knownNames = async (page: string | null, signal: AbortSignal) => readKnownNames(pages.clientFor(page), signal)
  const perform = createPerform({ dispatch, fallbackFlows, knownNames, now: clock.now })
  const deliveries = createDeliveries({ queue, perform, outage, metrics, log, clock })
  const deliverer = createWorker({ ...common, work: deliveries })
  const rerunner = createWorker({ ...common, work: late.runs })
  const fetch: typeof globalThis.fetch = dryRun ? dryFetch : (...given) => globalThis.fetch(...given)
  const outcomes = receiver && createOutcomes({ ...receiver, queue, fetch, outage, metrics, log, clock })
  const teller = outcomes && createWorker({ ...common, work: outcomes })
  const timers: NodeJS.Timeout[] = []

  return {
    queue,
    /** For the clients of blocks, which share the rates of the pages. */
    limits,
    takeLate: late.take,
    rooms: known.rooms,
    contacts: known.contacts,
    checkSend: createSendCheck({ pages, bots, defaultOnUnknown, allowLoopback: options.allowLoopback ?? false }),
    findStoreProblem: lazy.findProblem,
    start,
    takeNoMore: deliverer.takeNoMore,
    stop,
  }

  function requirePage(named: string | null): string | null {
    const page = pages.pageOf(named)
    pages.clientFor(page)
    return page
  }

  async function readStats(): Promise<QueueStats | null> {
    if ((await lazy.findProblem()) !== null) return null
    return queue()
      .stats()
      .catch(() => null)
  }

  /** The store is open for the rest of the server once its App Keys are known. */
  async function open() {
    const opened = await (await import('./open.ts')).open({
      ...store,
      expiryNow,
      tellsOutcomes: receiver !== undefined,
    })
    try {
      await appKeys.load(opened.appKeys)
      return opened
    } catch (error) {
      await opened.close()
      throw error
    }
  }

  /** Opens the store in the background, and works from then on; calls that were cut off are run again by `rerun`. */
  function start(rerun: Runner['rerun']): void {
    given.resolve(rerun)
    lazy.start(() => {
      if (pages.configured().length === 0 && !options.maton && !options.standIn) {
        log.warn({}, 'no page has a key: late replies are off, and a slow block shows its fallback')
      }
      heartbeat.start()
      if (delivers) for (const worker of [deliverer, rerunner, teller]) worker?.start()
      else log.warn({}, 'DELIVERY=off: sends, late replies and outcomes wait in the store')
      every(sweepEveryMs, sweep)
      every(foldEveryMs, () => queue().foldCounts())
      every(refreshEveryMs, () => appKeys.refresh())
    })
  }

  /** What others deleted is scrubbed with what the queue did. */
  async function sweep(): Promise<void> {
    await known.sweep()
    await queue().sweep()
  }

  /** At once, too. What fails is tried again the next time; the worker tells that the store is away. */
  function every(ms: number, work: () => Promise<unknown>): void {
    const begin = () => void work().catch(() => undefined)
    begin()
    timers.push(setInterval(begin, ms).unref())
  }

  /**
   * Gives back what is not done, for another process or the next run of this one.
   *
   * @param abortHandlers tells the handlers of late replies that the server ends
   */
  async function stop(abortHandlers: () => void): Promise<void> {
    for (const timer of timers) clearInterval(timer)
    await Promise.all([deliverer.stop(), teller?.stop(), stopRuns(abortHandlers)])
    outage.giveUp()
    await Promise.all([deliverer.abort(), teller?.abort()])
    await heartbeat.stop().catch(() => undefined)
    await lazy.stop()
  }

  async function stopRuns(abortHandlers: () => void): Promise<void> {
    late.stop()
    abortHandlers()
    await rerunner.stop()
    await Promise.all([rerunner.abort(), within(late.settled(), abortMs), within(known.settled(), abortMs)])
  }
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  const ended = new AbortController()
  const patience = new Promise<void>(done => {
    const timer = setTimeout(done, ms)
    ended.signal.addEventListener('abort', () => clearTimeout(timer))
  })
  await Promise.race([work, patience])
  ended.abort()
}
