/** Carries ManyChat's requests to a server, over HTTP as ManyChat does. */
import { systemClock } from '../../outbound/clock.ts'
import { answerWithinMs, type Carry } from './wire.ts'

export interface CarryOptions {
  /** Default: Node's own. */
  fetch?: typeof globalThis.fetch
  /** Delay before a request arrives; default 0. */
  latencyMs?: () => number
  /** How long ManyChat waits; default 10 s. */
  withinMs?: number | undefined
}

export function createCarry({
  fetch = globalThis.fetch,
  latencyMs = () => 0,
  withinMs = answerWithinMs,
}: CarryOptions): Carry {
  return async ({ method, url, headers, body }) => {
    const startedAt = performance.now()
    const ms = () => Math.round(performance.now() - startedAt)
    const signal = AbortSignal.timeout(withinMs)
    try {
      await systemClock.sleep(latencyMs(), signal)
      const response = await fetch(url, { method, headers, body, signal, redirect: 'manual' })
      const text = await response.text()
      return { status: response.status, headers: Object.fromEntries(response.headers), body: text, ms: ms() }
    } catch (error) {
      if (signal.aborted) return { failed: 'timeout', ms: ms() }
      const { code } = ((error as Error).cause ?? {}) as { code?: string }
      return { failed: code === 'ECONNREFUSED' ? 'refused' : 'reset', ms: ms() }
    }
  }
}
