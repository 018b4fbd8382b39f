import { setTimeout as sleep } from 'node:timers/promises'
import { createError, DynablockError } from '../errors.ts'
import { createRateLimits, type RateLimits } from '../manychat/limits.ts'
import type { OpenStore } from './open.ts'
import type { Queue } from './send.ts'

export interface StoreDoorOptions {
  open(): Promise<OpenStore>
  log: { warn(details: object, message: string): void; info(details: object, message: string): void }
}

const retryMs = 1000

/**
 * The store while it is opened in the background: until it is, everything that needs it fails at once with a coded error,
 * and rates are kept by this process alone. A store that can't be opened is tried again, so that its absence never keeps the
 * server from answering.
 */
export function createStoreDoor({ open, log }: StoreDoorOptions) {
  let opened: OpenStore | undefined
  let opening: Promise<void> | undefined
  const stopping = new AbortController()
  const local = createRateLimits()
  return { queue: createQueue(), limits: createLimits(), start, isOpen: () => opened !== undefined, stop }

  /** @param onOpen is called once, when the store is there */
  function start(onOpen: () => void): void {
    opening = (async () => {
      for (let tries = 0; !opened && !stopping.signal.aborted; tries++) {
        try {
          opened = await open()
          if (tries > 0) log.info({ tries }, 'the store is open')
          onOpen()
        } catch (error) {
          if (tries === 0)
            log.warn({ problem: describe(error) }, 'the store is not open yet: late replies and sends wait')
          await sleep(retryMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
        }
      }
    })()
  }

  async function stop(): Promise<void> {
    stopping.abort()
    await opening
    await opened?.close()
  }

  function createQueue(): Queue {
    const requireQueue = () => {
      if (opened) return opened.queue
      throw createError('DYN_STORE_FAILED', { store: 'the store', got: 'one that is not open yet' })
    }
    return {
      add: async sends => requireQueue().add(sends),
      addRunning: async (...given) => requireQueue().addRunning(...given),
      withdraw: async send => requireQueue().withdraw(send),
      claim: async options => requireQueue().claim(options),
      extend: async (...given) => requireQueue().extend(...given),
      setParams: async (...given) => requireQueue().setParams(...given),
      finish: async lease => requireQueue().finish(lease),
      retryAt: async (...given) => requireQueue().retryAt(...given),
      bury: async (...given) => requireQueue().bury(...given),
      release: async lease => requireQueue().release(lease),
      get: async id => requireQueue().get(id),
      list: async options => requireQueue().list(options),
      retry: async id => requireQueue().retry(id),
      cancel: async id => requireQueue().cancel(id),
      nextDueAt: async () => requireQueue().nextDueAt(),
      sweep: async () => requireQueue().sweep(),
      stats: async () => requireQueue().stats(),
      onAdded: listener => requireQueue().onAdded(listener),
    }
  }

  function createLimits(): Required<RateLimits> {
    return {
      reserve: (...given) => (opened?.limits ?? local).reserve(...given),
      postpone: (...given) => (opened?.limits ?? local).postpone(...given),
      slowDown: (...given) => (opened?.limits ?? local).slowDown(...given),
    }
  }
}

function describe(error: unknown): string {
  return error instanceof DynablockError ? error.message : 'an error of our own'
}
