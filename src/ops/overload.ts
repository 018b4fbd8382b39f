import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { createError } from '../errors/errors.ts'
import type { Log } from '../log.ts'

export interface OverloadOptions {
  /** How long a turn of the event loop may take. */
  maxDelayMs: number
  /** How often the mean of its turns is taken; default 1000. */
  sampleEveryMs?: number | undefined
  log: Pick<Log, 'warn'>
}

export type Overload = ReturnType<typeof createOverload>

/** The start of each turn of the event loop is marked so often. */
const markEveryMs = 50
const hangUpMs = 10_000
const longestDelayMs = 500

/**
 * How late the event loop may be so that ManyChat, which hangs up after 10 s, still gets an answer: a call waits for one
 * turn before it is read, and for another one when its deadline has passed. Both take half of what is left then; the other
 * half is for the network and the proxies. By default that is (10 s - 8 s) / 4 = 500 ms, which contacts would notice.
 */
export function maxDelayFor(replyWithinMs: number): number {
  return Math.min(longestDelayMs, (hangUpMs - replyWithinMs) / 4)
}

/**
 * Tells whether there is more to do than can be done in time. Only the delay of the event loop says so: it is what each
 * call waits. A loop that is busy all the time answers in milliseconds as long as its turns are short, and memory isn't
 * given back by refusing calls, so neither utilisation nor memory is looked at.
 */
export function createOverload({ maxDelayMs, sampleEveryMs = 1000, log }: OverloadOptions) {
  let isUnderPressure = () => false
  let markedAt = performance.now()
  /** When the mean first was too high, of those in a row that were. */
  let highSince: number | null = null
  let wasLasting = false
  return { isHigh, guard }

  /**
   * Two signals. The mean of a second is too high for the second time in a row: once may be a start, or a garbage
   * collection, and contacts shouldn't pay for what is over. Or the turn under way has taken all that is left behind the
   * deadline: one turn takes in as many calls as are there, and those at its end would wait for seconds before any mean
   * could say so.
   */
  function isHigh(): boolean {
    return isLasting() || performance.now() - markedAt > 4 * maxDelayMs + markEveryMs
  }

  function isLasting(): boolean {
    return highSince !== null && performance.now() - highSince > sampleEveryMs && isUnderPressure()
  }

  /** Refuses what is registered in this scope while there is too much to do: who calls there can come again. */
  async function guard(app: FastifyInstance): Promise<void> {
    await app.register(underPressure, {
      maxEventLoopDelay: maxDelayMs,
      sampleInterval: sampleEveryMs,
      pressureHandler: async () => {
        if (isHigh()) throw createError('DYN_OVERLOADED')
      },
    })
    isUnderPressure = app.isUnderPressure
    mark()
    const marking = setInterval(mark, markEveryMs).unref()
    app.addHook('onClose', async () => clearInterval(marking))
  }

  function mark(): void {
    markedAt = performance.now()
    highSince = isUnderPressure() ? (highSince ?? markedAt) : null
    const lasts = isLasting()
    if (lasts !== wasLasting)
      log.warn({ maxDelayMs }, lasts ? 'overloaded: blocks show their fallback' : 'overload is over')
    wasLasting = lasts
  }
}
