/** The 24 hours after the contact's last message, in which free content may be sent. */
import type { Contact } from '../../blocks/contact.ts'
import type { Channel } from '../../content/channels.ts'

const windowMs = 86_400_000

/** Channels that refuse free content after the window. */
const limitedChannels: readonly Channel[] = ['messenger', 'whatsapp']

/** Until when free content may be sent, in milliseconds since 1970; null: always. */
export function windowEnd({ last_interaction }: Contact, channel: Channel): number | null {
  if (!limitedChannels.includes(channel)) return null
  const at = Date.parse(last_interaction ?? '')
  return Number.isNaN(at) ? 0 : at + windowMs
}

/** The contact after an interaction, which restarts the window. */
export function touched(contact: Contact, channel: Channel, now: number): Contact {
  const at = new Date(now).toISOString()
  return {
    ...contact,
    last_interaction: at,
    last_seen: at,
    ...(channel === 'instagram' && { ig_last_interaction: at, ig_last_seen: at }),
  }
}
