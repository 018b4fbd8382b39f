/** Carries ManyChat's requests to this server, over HTTP as ManyChat does. */
import { systemClock } from '../../manychat/clock.ts'
import { answerWithinMs, type Carry } from '../conversation/wire.ts'

export interface CarryOptions {
  /** Where this server listens. */
  ownUrl: () => string
  /** Where callbacks lead; a tunnel is not needed to talk to oneself. */
  publicUrl: string
  /** How long a request is under way before it arrives. */
  latencyMs: () => number
  /** How long ManyChat waits; default 10 s. */
  withinMs?: number | undefined
}

export function createCarry({ ownUrl, publicUrl, latencyMs, withinMs = answerWithinMs }: CarryOptions): Carry {
  return async ({ method, url, headers, body }) => {
    const startedAt = performance.now()
    const ms = () => Math.round(performance.now() - startedAt)
    const signal = AbortSignal.timeout(withinMs)
    try {
      await systemClock.sleep(latencyMs(), signal)
      const target = url.startsWith(`${publicUrl}/`) ? `${ownUrl()}${url.slice(publicUrl.length)}` : url
      const response = await fetch(target, { method, headers, body, signal, redirect: 'manual' })
      const text = await response.text()
      return { status: response.status, headers: Object.fromEntries(response.headers), body: text, ms: ms() }
    } catch (error) {
      if (signal.aborted) return { failed: 'timeout', ms: ms() }
      const { code } = ((error as Error).cause ?? {}) as { code?: string }
      return { failed: code === 'ECONNREFUSED' ? 'refused' : 'reset', ms: ms() }
    }
  }
}
