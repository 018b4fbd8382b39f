/** Watches the handlers of a block: the errors they throw, and how many are still running. */
import type { Block, Handler } from '../../blocks/define.ts'
import { isPromise } from '../../calls/run.ts'

export type Handlers = ReturnType<typeof createHandlers>

export function createHandlers() {
  let running = 0
  let thrown: unknown
  return {
    watch,
    running: () => running,
    /** The last error that a handler threw since the last call. */
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

  /** Keeps a synchronous handler synchronous. */
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
