import { type Channel, channels } from '../content/channels.ts'
import { checkContent } from '../content/check.ts'
import type { Content } from '../content/content.ts'
import { stringifyExact } from '../exact-json.ts'
import type { Block } from './define.ts'
import { toContent } from './reply.ts'

/** What a block says without its handlers. */
export type Standing = 'waiting' | 'fallback' | 'expired'

const defaults: Record<Standing, string> = {
  waiting: 'One moment, please…',
  fallback: 'Sorry, that did not work. Please try again in a moment.',
  expired: 'Sorry, that is too old by now. Please start again.',
}

/** The block's own words where the channel takes them, else a short text. */
export function standingContent(block: Block | undefined, kind: Standing, channel: Channel): Content {
  const own = block?.[kind]
  if (own !== undefined) {
    try {
      return checkContent(toContent(own), { channel })
    } catch {
      // It is refused at boot when no channel takes it; here the short text stands in.
    }
  }
  return checkContent(toContent(defaults[kind]), { channel })
}

/** The channels that take what the block says of that kind. */
export function channelsOf(own: unknown): Channel[] {
  return channels.filter(channel => {
    try {
      // It must also be possible to write it down: nothing stands behind it.
      stringifyExact(checkContent(toContent(own), { channel }))
      return true
    } catch {
      return false
    }
  })
}
