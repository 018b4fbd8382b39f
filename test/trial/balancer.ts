/**
 * A load balancer: probes `/readyz`, uses all replicas when none is ready, and retries a call whose connection failed on
 * another one.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Replica } from './replica.ts'

const probeEveryMs = 500
const tries = 10
const pauseMs = 100
/** ManyChat gives up after 10 s. */
const answerWithinMs = 10_000

export interface Answer {
  status: number
  text: string
  ms: number
}

export function createBalancer() {
  const replicas = new Map<Replica, boolean>()
  const counts = { retried: 0 }
  let turn = 0
  const probing = setInterval(probe, probeEveryMs)
  return {
    add: (replica: Replica) => replicas.set(replica, true),
    remove,
    call,
    counts,
    stop: () => clearInterval(probing),
  }

  function remove(replica: Replica): void {
    replicas.delete(replica)
  }

  function probe(): void {
    for (const replica of replicas.keys()) {
      void replica.isReady().then(isReady => replicas.has(replica) && replicas.set(replica, isReady))
    }
  }

  async function call(path: string, secret: string, body: string): Promise<Answer> {
    const startedAt = performance.now()
    const signal = AbortSignal.timeout(answerWithinMs)
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    for (let tried = 1; ; tried++) {
      const replica = next()
      try {
        if (!replica) throw new Error('there is no replica')
        const response = await fetch(replica.origin + path, { method: 'POST', headers, body, signal })
        return { status: response.status, text: await response.text(), ms: performance.now() - startedAt }
      } catch (error) {
        if (signal.aborted || tried === tries)
          return { status: 0, text: String(error), ms: performance.now() - startedAt }
        counts.retried++
        if (replica && replicas.has(replica)) replicas.set(replica, false)
        await sleep(pauseMs)
      }
    }
  }

  function next(): Replica | undefined {
    const ready = [...replicas].flatMap(([replica, isReady]) => (isReady ? replica : []))
    const usable = ready.length > 0 ? ready : [...replicas.keys()]
    return usable[turn++ % usable.length]
  }
}
