/** The contact of a conversation: Full Contact Data, with ids as strings of digits, which keep every digit. */
import type { Contact } from '../../blocks/contact.ts'
import { sampleContact } from '../../blocks/sample.ts'
import type { Channel } from '../../content/channels.ts'

/** The fields that reveal the channel: Full Contact Data has no field that names it. */
const channelFields: Record<Channel, Partial<Contact>> = {
  messenger: {},
  instagram: { ig_id: '17841400987654321', ig_username: 'ana.example' },
  whatsapp: { whatsapp_phone: '+15555550123', optin_whatsapp: true },
  telegram: {},
  tiktok: { tt_username: 'ana.example' },
}
const sites: Record<Channel, string> = {
  messenger: 'fb',
  instagram: 'ig',
  whatsapp: 'wa',
  telegram: 'tg',
  tiktok: 'tt',
}
const idFields = ['id', 'page_id', 'ig_id'] as const

/** What ManyChat doesn't know about most contacts. */
const unknown: Partial<Contact> = {
  gender: null,
  profile_pic: null,
  last_input_text: null,
  phone: null,
  email: null,
  phone_country_code: null,
  optin_email: false,
  subscribed: null,
  last_interaction: null,
  last_seen: null,
}

/** The sample contact Ana on a channel, with ids above 2^53. `fields` override hers. */
export function createContact(channel: Channel, fields: Partial<Contact> = {}): Contact {
  const { id, page_id } = { ...sampleContact, ...fields }
  return {
    ...sampleContact,
    ...unknown,
    key: `user:${id}`,
    user_refs: [],
    live_chat_url: `https://app.manychat.com/${sites[channel]}${page_id}/chat/${id}`,
    ...channelFields[channel],
    ...fields,
  }
}

/** The contact as ManyChat sends it, with ids as bare numbers. */
export function toWire(contact: Contact): Record<string, unknown> {
  const ids = idFields.flatMap(name => {
    const value = contact[name]
    return typeof value === 'string' && /^\d+$/.test(value) ? [[name, BigInt(value)]] : []
  })
  return { ...contact, ...Object.fromEntries(ids) }
}
