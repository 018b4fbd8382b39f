import type { Contact } from '../blocks/contact.ts'
import type { CallRecord } from '../calls/record.ts'
import { type Channel, channels } from '../content/channels.ts'
import { createError } from '../errors/errors.ts'
import { isObject } from '../json/object.ts'

type Members = Record<string, unknown>

const digits = /^[1-9]\d{0,31}$/
const idFields = ['id', 'page_id', 'ig_id'] as const
/** Fields that hardly anything but a contact has. If several objects have an `id`, they tell which one is the contact. */
const contactFields = ['page_id', 'first_name', 'last_name', 'custom_fields', 'subscribed', 'live_chat_url']
/** Fields that other objects, such as an order, have as well. */
const commonFields = ['name', 'status']
const namesOf: Record<string, Channel> = {
  facebook: 'messenger',
  fb: 'messenger',
  ig: 'instagram',
  wa: 'whatsapp',
  tg: 'telegram',
}
for (const channel of channels) namesOf[channel] = channel

/**
 * The call that a Dynamic Block makes. The contact is the body itself, or the value of one of its keys; the other keys are
 * extras. The body must come from `readBody`, and is changed.
 *
 * @throws DynablockError `DYN_CONTACT_MISSING` naming the keys of the body
 */
export function openedBy(body: unknown, { id, block }: Pick<CallRecord, 'id' | 'block'>): CallRecord {
  const members = isObject(body) ? body : {}
  const key = findContact(members)
  if (key === undefined) throw createError('DYN_CONTACT_MISSING', { got: describe(body) })
  const contact = withExactIds((key === null ? members : members[key]) as Members)
  return {
    id,
    block,
    step: null,
    state: undefined,
    contact,
    page: textOrNull(contact.page_id),
    channel: namedChannel(members.channel) ?? channelOf(contact),
    input: textOrNull('input' in members ? members.input : contact.last_input_text),
    extras: key === null ? {} : withoutKey(members, key),
    listener: undefined,
  }
}

/** Whether the body has a `channel` that is not one of ours. */
export function hasUnknownChannel(body: unknown): boolean {
  return isObject(body) && typeof body.channel === 'string' && namedChannel(body.channel) === undefined
}

function withoutKey(members: Members, key: string): Members {
  const { [key]: _, ...others } = members
  return others
}

/** An id as a string of digits, whether it came as a number or a string; null for anything else. */
export function readId(value: unknown): string | null {
  if (typeof value === 'string') return digits.test(value) ? value : null
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? String(value) : null
}

/** The key of the contact; null when the body itself is the contact, undefined when there is none. */
function findContact(body: Members): string | null | undefined {
  let best: string | null | undefined
  let bestLikeness = -1
  // An order inside the contact's body has common fields too; the body's head start keeps those from winning alone.
  consider(null, body, commonFields.length)
  if (best === null && hasContactKey(body)) return best
  for (const key in body) consider(key, body[key])
  return best

  function consider(key: string | null, value: unknown, ahead = 0): void {
    if (!isObject(value) || readId(value.id) === null) return
    const likeness = ahead + likenessOf(value)
    if (likeness > bestLikeness) {
      best = key
      bestLikeness = likeness
    }
  }
}

function likenessOf(value: Members): number {
  let likeness = hasContactKey(value) ? 100 : 0
  for (const field of contactFields) if (field in value) likeness += commonFields.length + 1
  for (const field of commonFields) if (field in value) likeness++
  return likeness
}

/** The surest sign of a contact is `"key": "user:<id>"`. */
function hasContactKey({ key }: Members): boolean {
  return typeof key === 'string' && key.startsWith('user:')
}

function withExactIds(contact: Members): Contact {
  for (const field of idFields) {
    if (typeof contact[field] === 'number') contact[field] = String(contact[field])
  }
  if (Array.isArray(contact.user_refs)) {
    contact.user_refs = contact.user_refs.map((ref: unknown) => {
      if (typeof ref === 'number') return String(ref)
      return isObject(ref) && typeof ref.user_ref === 'number' ? { ...ref, user_ref: String(ref.user_ref) } : ref
    })
  }
  return contact as Contact<Members>
}

/** The channel that a contact's fields point to, strongest sign first; without any, it is Messenger. */
function channelOf(contact: Contact): Channel {
  if (contact.whatsapp_phone) return 'whatsapp'
  if (contact.ig_id || contact.ig_username || contact.ig_last_interaction) return 'instagram'
  const site = /\/(ig|wa|tg)(?![a-z])/.exec(textOrNull(contact.live_chat_url) ?? '')?.[1]
  return namedChannel(site) ?? 'messenger'
}

function namedChannel(name: unknown): Channel | undefined {
  if (typeof name !== 'string') return undefined
  const key = name.trim().toLowerCase()
  return Object.hasOwn(namesOf, key) ? namesOf[key] : undefined
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null
}

/** The keys of a body, never its values. */
function describe(body: unknown): string {
  if (!isObject(body)) return body === null || body === undefined ? 'an empty body' : 'a body that is no object'
  const keys = Object.keys(body).map(key => `"${key.slice(0, 40)}"`)
  if (keys.length === 0) return 'an object without keys'
  const note = 'id' in body && body.id === null ? ', whose "id" was empty or not rendered' : ''
  return `an object with ${keys.slice(0, 20).join(', ')}${keys.length > 20 ? ', …' : ''}${note}`
}
