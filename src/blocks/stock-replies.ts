import { type Channel, channels } from '../content/channels.ts'
import { checkContent } from '../content/check.ts'
import type { Content } from '../content/content.ts'
import { stringifyExact } from '../json/exact-json.ts'
import type { Block } from './define.ts'
import { toContent } from './reply.ts'

/** The replies that need no handler. */
export type StockKind = 'waiting' | 'fallback' | 'expired'

const defaults: Record<StockKind, string> = {
  waiting: 'One moment, please…',
  fallback: 'Sorry, that did not work. Please try again in a moment.',
  expired: 'Sorry, that is too old by now. Please start again.',
}

/** The block's own reply if the channel accepts it, else a short text. */
export function stockReply(block: Block | undefined, kind: StockKind, channel: Channel): Content {
  const own = block?.[kind]
  if (own !== undefined) {
    try {
      return checkContent(toContent(own), { channel })
    } catch {
      // A reply that no channel accepts is refused at boot; if only this channel refuses it, the short text is used.
    }
  }
  return checkContent(toContent(defaults[kind]), { channel })
}

/** The channels that accept a block's own stock reply. */
export function channelsOf(own: unknown): Channel[] {
  return channels.filter(channel => {
    try {
      // It must also survive being written as JSON: there is no fallback for a fallback.
      stringifyExact(checkContent(toContent(own), { channel }))
      return true
    } catch {
      return false
    }
  })
}
