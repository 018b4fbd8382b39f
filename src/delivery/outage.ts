import { DynablockError } from '../errors/errors.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../outbound/clock.ts'

export type WorkerLog = Pick<Log, 'info' | 'error'>

export interface OutageOptions {
  clock: Clock
  log: WorkerLog
}

export type Outage = ReturnType<typeof createOutage>

const firstPauseMs = 500
const longestPauseMs = 5000

/** Bears with a store that goes away: logs it once, waits longer each time, and logs when it is back. */
export function createOutage({ clock, log }: OutageOptions) {
  const ending = new AbortController()
  const listeners = new Set<() => void>()
  const behind = new Set<() => Promise<boolean>>()
  let failures = 0
  let answers = 0
  return { answered, failed, persist, isBehind: () => behind.size > 0, onCaughtUp, giveUp }

  function answered(): void {
    if (failures > 0) log.info({}, 'the store is back')
    failures = 0
    answers++
  }

  /** Returns how long to leave it alone, in milliseconds. */
  function failed(error: unknown): number {
    if (failures === 0) {
      const code = error instanceof DynablockError ? error.code : 'DYN_INTERNAL'
      log.error({ err: error, code }, 'the store is unreachable')
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

  /** Calls when everything is stored that had to be tried again. */
  function onCaughtUp(listener: () => void): () => void {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  function catchUp(change: () => Promise<boolean>): void {
    if (behind.delete(change) && behind.size === 0) for (const listener of listeners) listener()
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
