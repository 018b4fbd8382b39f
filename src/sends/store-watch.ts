import { DynablockError } from '../errors.ts'
import type { Clock } from '../manychat/clock.ts'

/** pino is one. */
export interface WorkerLog {
  info(details: object, message: string): void
  error(details: object, message: string): void
}

export interface StoreWatchOptions {
  clock: Clock
  log: WorkerLog
  /** Is called when everything is stored that had to be tried again. */
  onCaughtUp(): void
}

export type StoreWatch = ReturnType<typeof createStoreWatch>

const firstPauseMs = 500
const longestPauseMs = 5000

/** Bears with a store that goes away: tells it once, waits longer each time, and tells when it is back. */
export function createStoreWatch({ clock, log, onCaughtUp }: StoreWatchOptions) {
  const ending = new AbortController()
  let failures = 0
  let answers = 0
  const behind = new Set<() => Promise<boolean>>()
  return { answered, failed, persist, isBehind: () => behind.size > 0, giveUp }

  function answered(): void {
    if (failures > 0) log.info({}, 'the store of sends is back')
    failures = 0
    answers++
  }

  /** Returns how long to leave it alone, in milliseconds. */
  function failed(error: unknown): number {
    if (failures === 0) {
      const code = error instanceof DynablockError ? error.code : 'DYN_INTERNAL'
      log.error({ err: error, code }, 'the store of sends is away')
    }
    failures++
    return Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1))
  }

  /**
   * Stores what is known, however long the store is away: a call that was carried out and isn't recorded is made twice.
   * false when the lease was lost, or when there is no more time.
   */
  async function persist(change: () => Promise<boolean>): Promise<boolean> {
    try {
      return await attempt(change)
    } catch (error) {
      return retry(change, failed(error))
    }
  }

  async function retry(change: () => Promise<boolean>, firstPauseMs: number): Promise<boolean> {
    behind.add(change)
    try {
      for (let pauseMs = firstPauseMs; !ending.signal.aborted; ) {
        const answersBefore = answers
        await clock.sleep(pauseMs, ending.signal).catch(() => undefined)
        try {
          return await attempt(change)
        } catch (error) {
          pauseMs = failed(error)
          // The store answers others, so this may fail for ever: it goes on, but nothing waits for it.
          if (answers > answersBefore) catchUp(change)
        }
      }
      return false
    } finally {
      catchUp(change)
    }
  }

  function catchUp(change: () => Promise<boolean>): void {
    if (behind.delete(change) && behind.size === 0) onCaughtUp()
  }

  async function attempt(change: () => Promise<boolean>): Promise<boolean> {
    const isOurs = await change()
    answered()
    return isOurs
  }

  /** From now on each change is tried once. */
  function giveUp(): void {
    ending.abort()
  }
}
