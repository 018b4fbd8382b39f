/** Answers the two requests of one quick-reply tap once; see `calls/paired-replies.ts`. */
import type { BlockAnswer } from '../calls/answer.ts'
import { answerOf } from '../calls/answer.ts'
import type { Content } from '../content/content.ts'

/** The second request follows the first at once; later than this, the contact has tapped again. */
const rememberMs = 60_000
/** Bounds the memory: 10,000 taps within a minute are more than ManyChat sends. */
const maxRemembered = 10_000

type Run = () => BlockAnswer | Promise<BlockAnswer>

export interface DuplicateTapsOptions {
  /** Milliseconds since 1970. */
  now: () => number
}

export type DuplicateTaps = ReturnType<typeof createDuplicateTaps>

/** Remembers taps on paired replies in the memory of this process; none needs to outlive it. */
export function createDuplicateTaps({ now }: DuplicateTapsOptions) {
  const remembered = new Map<string, { at: number; answer: BlockAnswer | Promise<BlockAnswer> }>()
  return { once }

  /**
   * Runs the first request of a pair. The second shows nothing, but registers the same listener: an answer without one
   * would end the conversation.
   *
   * @param goOn run for the second request, if it is a message and the first one failed: keeps waiting for another try
   */
  async function once(pair: string, run: Run, goOn?: Run): Promise<BlockAnswer> {
    forgetOld()
    const first = remembered.get(pair)
    if (first) {
      const { failure, content } = await first.answer
      return failure && goOn ? goOn() : echo(content)
    }
    const answer = run()
    remembered.set(pair, { at: now(), answer })
    return answer
  }

  function echo({ type, external_message_callback }: Content): BlockAnswer {
    const content: Content = {
      ...(type && { type }),
      messages: [],
      ...(external_message_callback && { external_message_callback }),
    }
    return answerOf(content)
  }

  /** A Map keeps the order of insertion, so the oldest come first. */
  function forgetOld(): void {
    for (const [pair, { at }] of remembered) {
      if (now() - at < rememberMs && remembered.size < maxRemembered) return
      remembered.delete(pair)
    }
  }
}
