/** ManyChat doesn't say which channel a contact writes on: the body's builder may, and the contact's fields show it. */
import type { Channel } from '../content/channels.ts'

type Members = Record<string, unknown>

const channelKeys = ['channel', 'platform', 'source'] as const
/** A value that begins with one of these names that channel; what is short must be a word of its own. */
const names: readonly [RegExp, Channel][] = [
  [/^(?:messenger|facebook|fb(?![a-z]))/, 'messenger'],
  [/^(?:instagram|ig(?![a-z]))/, 'instagram'],
  [/^(?:whatsapp|wa(?![a-z]))/, 'whatsapp'],
  [/^(?:telegram|tg(?![a-z]))/, 'telegram'],
  [/^tiktok/, 'tiktok'],
]

export interface NamedChannel {
  channel: Channel | undefined
  /** The first member whose value names no channel. */
  unknown: string | undefined
}

/** The channel that a body or a contact names. */
export function namedChannel(members: Members): NamedChannel {
  let unknown: string | undefined
  for (const key of channelKeys) {
    const value = members[key]
    if (typeof value !== 'string') continue
    const channel = channelOf(value)
    if (channel) return { channel, unknown }
    unknown ??= key
  }
  return { channel: undefined, unknown }
}

/** The channel that a contact's fields show, strongest sign first; without any, it is Messenger. */
export function shownChannel(contact: Members): Channel {
  if (contact.whatsapp_phone) return 'whatsapp'
  if (contact.ig_id || contact.ig_username || contact.instagram_username || contact.ig_last_interaction)
    return 'instagram'
  if (contact.tt_user_id || contact.tt_username) return 'tiktok'
  const { live_chat_url: url } = contact
  const site = typeof url === 'string' ? /\/(ig|wa|tg)(?![a-z])/.exec(url)?.[1] : undefined
  return (site && channelOf(site)) || 'messenger'
}

function channelOf(value: string): Channel | undefined {
  const name = value.trim().toLowerCase()
  return names.find(([form]) => form.test(name))?.[1]
}
