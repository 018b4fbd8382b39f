/** Lines in which the calls of this process wait, first come first served. */
import { once } from 'node:events'

export type Lines = ReturnType<typeof createLines>

export function createLines() {
  const last = new Map<string, Promise<void>>()
  return { join, settled: async () => void (await Promise.all(last.values())) }

  /**
   * Resolves at the head of the line, with the function that leaves it.
   *
   * @throws the reason of the signal, when it aborts first
   */
  async function join(line: string, signal: AbortSignal): Promise<() => void> {
    const before = last.get(line)
    const { promise: left, resolve: leave } = Promise.withResolvers<void>()
    const end = Promise.all([before, left]).then(() => {
      if (last.get(line) === end) last.delete(line)
    })
    last.set(line, end)
    try {
      if (before) await Promise.race([before, aborted(signal)])
      signal.throwIfAborted()
      return leave
    } catch (error) {
      leave()
      throw error
    }
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
