import type { Contact } from '../blocks/contact.ts'
import { type Channel, channels } from '../content/channels.ts'
import { createError } from '../errors.ts'

/** What a body says about who calls. */
export interface Caller {
  contact: Contact
  page: string | null
  channel: Channel
  input: string | null
  extras: Record<string, unknown>
  /** Whether the body has a `channel` that names none. */
  isMisnamed: boolean
}

type Members = Record<string, unknown>

const digits = /^[1-9]\d{0,31}$/
const idFields = ['id', 'page_id', 'ig_id'] as const
/** Fields that hardly anything else has; where several objects have an `id`, they tell which one is the contact. */
const contactFields = ['page_id', 'first_name', 'last_name', 'custom_fields', 'subscribed', 'live_chat_url']
/** Fields that an order has as well. */
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
 * Finds the contact in the body of a Dynamic Block: the body itself, or what it holds under any key; the other keys are
 * extras. The body is one that `readBody` returned, and is changed.
 *
 * @throws DynablockError `DYN_CONTACT_MISSING` naming the keys that came
 */
export function readCaller(body: unknown): Caller {
  const members = isObject(body) ? body : {}
  const key = findContact(members)
  if (key === undefined) throw createError('DYN_CONTACT_MISSING', { got: describe(body) })
  const named = namedChannel(members.channel)
  const contact = withExactIds((key === null ? members : members[key]) as Members)
  return {
    contact,
    page: textOrNull(contact.page_id),
    channel: named ?? channelOf(contact),
    input: textOrNull('input' in members ? members.input : contact.last_input_text),
    extras: key === null ? {} : withoutKey(members, key),
    isMisnamed: named === undefined && typeof members.channel === 'string',
  }
}

function withoutKey(members: Members, key: string): Members {
  const { [key]: _, ...others } = members
  return others
}

/** An id as a string of digits, whether it came bare or quoted; null for anything else. */
export function readId(value: unknown): string | null {
  if (typeof value === 'string') return digits.test(value) ? value : null
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? String(value) : null
}

/** The key of the contact, null when the body itself is it, undefined when there is none. */
function findContact(body: Members): string | null | undefined {
  let best: string | null | undefined
  let bestLikeness = -1
  // An order beside the id of the contact has common fields too, so those alone don't make it the contact.
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

/** Nothing is more of a contact than `"key": "user:<id>"`. */
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
  return contact as Contact
}

/** The channel that the fields of a contact show, the strongest sign first; Messenger shows none. */
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

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The keys of a body, never its values. */
function describe(body: unknown): string {
  if (!isObject(body)) return body === null || body === undefined ? 'an empty body' : 'a body that is no object'
  const keys = Object.keys(body).map(key => `"${key.slice(0, 40)}"`)
  if (keys.length === 0) return 'an object without keys'
  const note = 'id' in body && body.id === null ? ', whose "id" was empty or not rendered' : ''
  return `an object with ${keys.slice(0, 20).join(', ')}${keys.length > 20 ? ', …' : ''}${note}`
}
