import { setTimeout as sleep } from 'node:timers/promises'
import { createError, DynablockError } from '../errors/errors.ts'
import type { Log } from '../log.ts'
import { createRateLimits, type RateLimits } from '../outbound/limits.ts'

export interface LazyStoreOptions<S> {
  open(): Promise<S>
  /** Called when the store has failed for good: it isn't tried again. */
  onFatal?: ((error: DynablockError) => void) | undefined
  log: Pick<Log, 'warn' | 'info'>
}

/** What is opened: any store that keeps rates, can be asked whether it works, and is closed. */
export interface Openable {
  limits: Required<RateLimits>
  probe(): Promise<void>
  close(): Promise<void>
}

const retryMs = 1000
/** How long an answer of the probe holds. */
const probeEveryMs = 2000
const probeWithinMs = 1500

/**
 * The store while it is opened in the background: until it is, everything that needs it fails at once with a coded error,
 * and rates are kept by this process alone. A store that can't be opened is tried again, so that its absence never keeps the
 * server from answering.
 */
export function createLazyStore<S extends Openable>({ open, onFatal, log }: LazyStoreOptions<S>) {
  let opened: S | undefined
  let opening: Promise<void> | undefined
  let probed: { at: number; problem: Promise<string | null> } | undefined
  const stopping = new AbortController()
  const local = createRateLimits()
  const limits: Required<RateLimits> = {
    reserve: (...given) => (opened?.limits ?? local).reserve(...given),
    postpone: (...given) => (opened?.limits ?? local).postpone(...given),
    slowDown: (...given) => (opened?.limits ?? local).slowDown(...given),
  }
  return { get, limits, start, isOpen: () => opened !== undefined, findProblem, stop }

  /** @throws DynablockError `DYN_STORE_FAILED` while it isn't open */
  function get(): S {
    if (opened) return opened
    throw createError('DYN_STORE_FAILED', { store: 'the store', got: 'it is not open yet' })
  }

  /** @param onOpen is called once, when the store is there */
  function start(onOpen: () => void): void {
    opening = (async () => {
      for (let tries = 0; !opened && !stopping.signal.aborted; tries++) {
        try {
          opened = await open()
          if (tries > 0) log.info({ tries }, 'the store is open')
          onOpen()
        } catch (error) {
          if (onFatal && error instanceof DynablockError && error.code === 'DYN_STORE_NEWER') return onFatal(error)
          if (tries === 0)
            log.warn({ problem: describe(error) }, 'the store is not open yet: late replies and sends wait')
          await sleep(retryMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
        }
      }
    })()
  }

  /** The code of what keeps the store from being used; null when nothing does. Asks it at most every two seconds. */
  async function findProblem(): Promise<string | null> {
    // Not kept: the server is ready as soon as the store is open.
    if (!opened) return 'DYN_STORE_FAILED'
    const now = performance.now()
    if (!probed || now - probed.at > probeEveryMs) probed = { at: now, problem: probe(opened) }
    return probed.problem
  }

  async function probe(opened: S): Promise<string | null> {
    const answered = new AbortController()
    const late = sleep(probeWithinMs, 'DYN_STORE_FAILED', { signal: answered.signal, ref: false })
    const answer = opened.probe().then(
      () => null,
      (error: unknown) => (error instanceof DynablockError ? error.code : 'DYN_INTERNAL'),
    )
    const problem = await Promise.race([answer, late])
    answered.abort()
    late.catch(() => undefined)
    return problem
  }

  async function stop(): Promise<void> {
    stopping.abort()
    await opening
    await opened?.close()
  }
}

function describe(error: unknown): string {
  return error instanceof DynablockError ? error.message : 'an error of our own'
}
