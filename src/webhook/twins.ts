/** Answers the two requests of one quick-reply tap once; see `blocks/turn.ts`. */
import type { Outcome } from '../blocks/run.ts'
import type { Content } from '../content/content.ts'
import { stringifyExact } from '../exact-json.ts'

/** The second request follows the first at once; later than this it is a new wish. */
const rememberMs = 60_000
/** Bounds the memory: 10,000 taps within a minute are more than ManyChat sends. */
const maxRemembered = 10_000

type Run = () => Outcome | Promise<Outcome>

export interface TwinsOptions {
  /** Milliseconds since 1970. */
  now: () => number
}

/** Remembers taps of turns in this process; nothing of a turn needs to survive it. */
export function createTwins({ now }: TwinsOptions) {
  const remembered = new Map<string, { at: number; outcome: Outcome | Promise<Outcome> }>()
  return { once }

  /**
   * Runs the first request of a pair. The second shows nothing more, and registers the same listener: an answer without
   * one would end the conversation.
   *
   * @param goOn what a message does when the tap before it failed: it waits for another try
   */
  async function once(pair: string, run: Run, goOn?: Run): Promise<Outcome> {
    forgetOld()
    const first = remembered.get(pair)
    if (first) {
      const { failure, content } = await first.outcome
      return failure && goOn ? goOn() : echo(content)
    }
    const outcome = run()
    remembered.set(pair, { at: now(), outcome })
    return outcome
  }

  function echo({ type, external_message_callback }: Content): Outcome {
    const content: Content = {
      ...(type && { type }),
      messages: [],
      ...(external_message_callback && { external_message_callback }),
    }
    return { content, json: stringifyExact(content) }
  }

  /** A Map keeps the order of insertion, so the oldest come first. */
  function forgetOld(): void {
    for (const [pair, { at }] of remembered) {
      if (now() - at < rememberMs && remembered.size < maxRemembered) return
      remembered.delete(pair)
    }
  }
}
