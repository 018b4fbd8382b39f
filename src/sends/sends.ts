/** All that goes out and must not be lost, put together: the store, the queue, its worker, and late replies. */
import { randomUUID } from 'node:crypto'
import type { Log } from '../blocks/call.ts'
import type { Blocks } from '../blocks/load.ts'
import type { createRunner } from '../blocks/run.ts'
import { type BotsOptions, createBots } from '../chatfuel/bots.ts'
import type { AppKeys } from '../manychat/app-keys.ts'
import { systemClock } from '../manychat/clock.ts'
import { createPages, type PagesOptions } from '../manychat/pages.ts'
import { warmUpFetch } from '../manychat/warm-up.ts'
import { createSendCheck } from './check-send.ts'
import { createDispatch, dryFetch, maxSlotWaitMs } from './dispatch.ts'
import type { FallbackFlow } from './fallback.ts'
import { createLateReplies } from './late-replies.ts'
import { createSendMetrics } from './metrics.ts'
import { createPerform } from './perform.ts'
import { createStoreDoor } from './store-door.ts'
import { createWorker } from './worker.ts'

export interface SendsSetup extends Omit<PagesOptions, 'limits' | 'maxWaitMs' | 'log' | 'appKeys'> {
  blocks: Blocks
  rerun: ReturnType<typeof createRunner>['rerun']
  store: { dataDir: string; databaseUrl: string | undefined }
  appKeys: AppKeys
  bots: BotsOptions['entries']
  fallbackFlows: ReadonlyMap<string, FallbackFlow>
  /** Everything but the outbound call. */
  dryRun: boolean
  /** How long another process leaves alone what this one works on, when it no longer says that it lives; default 30000. */
  leaseMs?: number | undefined
  log: Log & { child(bindings: object): Log }
}

/** How long handlers of late replies may go on when the server ends, before their signals abort; and after that. */
const lateGraceMs = 3000
const abortMs = 500
/** How long calls under way may take when the server ends. */
const drainMs = 5000
const sweepEveryMs = 3_600_000
/** How soon an App Key that another process got is known here. */
const refreshEveryMs = 2000

export function createSends({
  blocks,
  rerun,
  store,
  appKeys,
  bots: entries,
  fallbackFlows,
  dryRun,
  leaseMs = 30_000,
  log,
  onCall,
  ...options
}: SendsSetup) {
  const door = createStoreDoor({ open, log })
  const { queue } = door
  const metrics = createSendMetrics()
  const limits = metrics.meter(door.limits)
  const outbound = { log, onCall, limits, maxWaitMs: maxSlotWaitMs, ...(dryRun && { fetch: dryFetch }) }
  const pages = createPages({ ...options, ...outbound, appKeys })
  const bots = createBots({ ...outbound, entries })
  const name = randomUUID()
  const late = createLateReplies({
    queue,
    blocks,
    rerun,
    requirePage: pages.clientFor,
    isOpen: door.isOpen,
    persist: change => worker.persist(change),
    keepLease: (lease, since) => worker.keep(lease, since),
    wakeWorker: () => worker.wake(),
    leaseMs,
    now: systemClock.now,
    worker: name,
    log,
    metrics,
  })
  const dispatch = createDispatch({ pages, bots })
  const perform = createPerform({ dispatch, fallbackFlows, rerun: late.resume, now: systemClock.now })
  const worker = createWorker({ queue, perform, name, metrics, log, leaseMs, drainMs })
  const timers: NodeJS.Timeout[] = []

  return {
    queue,
    /** For the clients of blocks, which share the rates of the pages. */
    limits,
    takeLate: late.take,
    checkSend: createSendCheck({ pages, bots, allowLoopback: options.allowLoopback ?? false }),
    isOpen: door.isOpen,
    readMetrics,
    start,
    stop,
  }

  /** What only the store knows is left out while it is away. */
  async function readMetrics() {
    const stats = await queue.stats().catch(() => null)
    const { sends, oldestWaiting, ...counted } = metrics.read(stats ?? { byState: [], oldestWaitingSeconds: 0 })
    return stats ? { sends, oldestWaiting, ...counted } : counted
  }

  /** The store is open for the rest of the server once its App Keys are known. */
  async function open() {
    const opened = await (await import('./open.ts')).open(store)
    try {
      await appKeys.load(opened.appKeys)
      if (pages.configured().length > 0) await warmUpFetch()
      return opened
    } catch (error) {
      await opened.close()
      throw error
    }
  }

  /** Opens the store in the background, and works from then on. */
  function start(): void {
    door.start(() => {
      if (pages.configured().length === 0 && !options.maton && !options.standIn) {
        log.warn({}, 'no page has a key: late replies are off, and a slow block shows its fallback')
      }
      worker.start()
      every(sweepEveryMs, () => queue.sweep())
      every(refreshEveryMs, () => appKeys.refresh())
    })
  }

  /** What fails is tried again the next time; the worker tells that the store is away. */
  function every(ms: number, work: () => Promise<unknown>): void {
    timers.push(setInterval(() => work().catch(() => undefined), ms).unref())
  }

  /**
   * Gives back what is not done, for another process or the next run of this one.
   *
   * @param abortHandlers tells the handlers of late replies that the server ends
   */
  async function stop(abortHandlers: () => void): Promise<void> {
    for (const timer of timers) clearInterval(timer)
    await Promise.all([worker.stop(), stopLate(abortHandlers)])
    await door.stop()
  }

  async function stopLate(abortHandlers: () => void): Promise<void> {
    await within(late.settled(), lateGraceMs)
    late.stop()
    abortHandlers()
    await within(late.settled(), abortMs)
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
