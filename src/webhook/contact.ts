import type { Contact } from '../blocks/contact.ts'
import { sampleContact } from '../blocks/sample.ts'
import type { CallRecord } from '../calls/record.ts'
import { channels } from '../content/channels.ts'
import { createError } from '../errors/errors.ts'
import { isObject } from '../json/object.ts'
import { readBody } from './body.ts'
import { findContact, isContactKey, isIdName } from './candidates.ts'
import { namedChannel, shownChannel } from './channel.ts'

type Members = Record<string, unknown>

const exactFields = ['page_id', 'ig_id'] as const
/** Where the contact's message stands, at the top of the body or in the contact: a text, or an object with a `text`. */
const inputKeys = ['input', 'last_input_text', 'text', 'message', 'message_text', 'user_input', 'msg']

/** A call, and what is odd about its body. */
export interface Opened {
  record: CallRecord
  /** Sentences for the body's author, without any value of the body. */
  remarks: string[]
}

/**
 * The call that a Dynamic Block makes. The contact is the body itself, or the value of one of its keys; the other keys are
 * extras. The body must come from `readBody`, and is changed.
 *
 * @throws DynablockError `DYN_CONTACT_MISSING` naming the keys of the body, `DYN_CONTACT_AMBIGUOUS` naming two contacts
 */
export function openedBy(body: unknown, { id: call, block }: Pick<CallRecord, 'id' | 'block'>): Opened {
  if (!isObject(body)) throw createError('DYN_CONTACT_MISSING', { got: describe(body) })
  const remarks: string[] = []
  readTexts(body, remarks)
  const { id, key, isFull } = findContact(body)
  const own = (key === null ? body : body[key]) as Members
  const contact = withExactIds(own, id)
  const named = namedChannel(body)
  const inContact: typeof named = key === null ? named : namedChannel(own)
  const unknown = named.unknown ?? inContact.unknown
  if (unknown !== undefined) remarks.push(`"${unknown}" is none of ${channels.join(', ')}.`)
  return {
    record: {
      id: call,
      block,
      step: null,
      state: undefined,
      contact,
      page: textOrNull(contact.page_id ?? body.page_id),
      channel: named.channel ?? inContact.channel ?? shownChannel(own),
      input: inputOf(body, own),
      extras: key !== null ? withoutKey(body, key) : isFull ? {} : withoutContact(body),
      listener: undefined,
    },
    remarks,
  }
}

/** Reads contacts that were inserted as text, between quotes, but only where no contact writes. */
function readTexts(body: Members, remarks: string[]): void {
  for (const key in body) {
    const value = body[key]
    if (typeof value !== 'string' || !isContactKey(key) || !value.trimStart().startsWith('{')) continue
    const read = readText(value)
    if (!isObject(read)) continue
    body[key] = read
    remarks.push(`"${key}" is a text that holds JSON. In the Body tab, remove the quotes around the variable.`)
  }
}

function readText(text: string): unknown {
  try {
    return readBody(text)
  } catch {
    return undefined
  }
}

/** What the body says, and only if it says nothing, what the contact last said. */
function inputOf(body: Members, own: Members): string | null {
  for (const members of body === own ? [body] : [body, own]) {
    const said = inputKeys.filter(key => key in members)
    if (said.length === 0) continue
    for (const key of said) {
      const value = members[key]
      const text = textOrNull(isObject(value) ? value.text : value)
      if (text !== null) return text
    }
    return null
  }
  return null
}

function withoutKey(members: Members, key: string): Members {
  const { [key]: _, ...others } = members
  return others
}

/** Where the contact's fields stand in the body itself, the extras are what no contact has. */
function withoutContact(body: Members): Members {
  return Object.fromEntries(Object.entries(body).filter(([key]) => !(key in sampleContact) && !isIdName(key)))
}

function withExactIds(contact: Members, id: string): Contact {
  contact.id = id
  for (const field of exactFields) {
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

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null
}

function describe(body: unknown): string {
  return body === null || body === undefined ? 'an empty body' : 'a body that is no object'
}
