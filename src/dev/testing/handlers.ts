/** Looks on while the handlers of a block run: what they throw, and how many are not ready. */
import type { Block, Handler } from '../../blocks/define.ts'

export type Handlers = ReturnType<typeof createHandlers>

export function createHandlers() {
  let running = 0
  let thrown: unknown
  return {
    watch,
    running: () => running,
    /** What a handler threw since this was last asked. */
    takeThrown(): unknown {
      const error = thrown
      thrown = undefined
      return error
    },
  }

  function watch(block: Block): Block {
    const steps = Object.entries(block.steps).map(([name, step]) => [name, watchHandler(step)])
    return { ...block, open: watchHandler(block.open), steps: Object.fromEntries(steps) }
  }

  /** What answers at once still answers at once. */
  function watchHandler(handler: Handler): Handler {
    return call => {
      try {
        const reply = handler(call)
        if (isPromise(reply)) void follow(reply)
        return reply
      } catch (error) {
        thrown = error
        throw error
      }
    }
  }

  async function follow(reply: PromiseLike<unknown>): Promise<void> {
    running++
    try {
      await reply
    } catch (error) {
      thrown = error
    } finally {
      running--
    }
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
