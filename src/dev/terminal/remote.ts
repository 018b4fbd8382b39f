/** Carries ManyChat's requests to a server that runs. */
import { answerWithinMs, type Carry } from '../conversation/wire.ts'

export function createRemote(fetch: typeof globalThis.fetch): Carry {
  return async ({ url, headers, body }) => {
    const since = performance.now()
    const ms = () => performance.now() - since
    try {
      const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(answerWithinMs) })
      const text = await response.text()
      return { status: response.status, headers: Object.fromEntries(response.headers), body: text, ms: ms() }
    } catch (error) {
      const { name, cause } = error as Error & { cause?: { code?: string } }
      if (name === 'TimeoutError') return { failed: 'timeout', ms: ms() }
      return { failed: cause?.code === 'ECONNREFUSED' ? 'refused' : 'reset', ms: ms() }
    }
  }
}
