/** The contact of a conversation: Full Contact Data, its ids strings of digits, exact. */
import type { Contact } from '../../blocks/contact.ts'
import type { Channel } from '../../content/channels.ts'

/** What shows the channel in Full Contact Data, which has no field that names it. */
const signs: Record<Channel, Partial<Contact>> = {
  messenger: {},
  instagram: { ig_id: '17841400987654321', ig_username: 'ana.example' },
  whatsapp: { whatsapp_phone: '+15555550123', optin_whatsapp: true },
  telegram: {},
}
const sites: Record<Channel, string> = { messenger: 'fb', instagram: 'ig', whatsapp: 'wa', telegram: 'tg' }
const idFields = ['id', 'page_id', 'ig_id']

/** Ana, on that channel, with ids past 2^53; `fields` are put over hers. */
export function createContact(channel: Channel, fields: Partial<Contact> = {}): Contact {
  const { id = '9007199254740993123', page_id = '1234567890123456789' } = fields
  return {
    id,
    key: `user:${id}`,
    page_id,
    user_refs: [],
    status: 'active',
    first_name: 'Ana',
    last_name: 'Ferreira',
    name: 'Ana Ferreira',
    gender: null,
    profile_pic: null,
    locale: 'en_US',
    language: 'English',
    timezone: 'UTC',
    live_chat_url: `https://app.manychat.com/${sites[channel]}${page_id}/chat/${id}`,
    last_input_text: null,
    phone: null,
    email: null,
    subscribed: null,
    last_interaction: null,
    last_seen: null,
    last_growth_tool: null,
    custom_fields: {},
    ...signs[channel],
    ...fields,
  }
}

/** The contact as it is written: ids as bare digits, as ManyChat has them. */
export function toWire(contact: Contact): Record<string, unknown> {
  const ids = idFields.flatMap(name => {
    const value = contact[name]
    return typeof value === 'string' && /^\d+$/.test(value) ? [[name, BigInt(value)]] : []
  })
  return { ...contact, ...Object.fromEntries(ids) }
}
