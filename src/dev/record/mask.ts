/** Takes out of what is recorded whatever tells who it was: secrets, ids, names, addresses and phone numbers. */
import type { Contact } from '../../blocks/contact.ts'
import type { Fakes } from './fakes.ts'

const idKey = /^(?:id|user_ref|\w+_id)$/
const phoneKey = /phone$/i
const secretKey = /secret|token|password|authorization|api_?key/i
const pictureKey = /^(?:profile_pic|avatar)/
const userKeys = ['ig_username', 'tt_username', 'whatsapp_username', 'whatsapp_bsuid']
const email = String.raw`[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`
const id = String.raw`(?<!\d)\d{16,32}(?!\d)`
/** Seven digits and more, however they are grouped; no day like 2026-01-31. */
const phone = String.raw`(?<![\p{L}\p{N}_])(?!\d{4}-\d{2}-\d{2})\+?\(?\d(?:[ ().-]{0,2}\d){6,14}(?![\p{L}\p{N}_])`

export interface MaskOptions {
  fakes: Fakes
  /** Of the settings: wherever they stand, they are hidden. */
  secrets: readonly string[]
  /** Whose conversation it is. */
  contact: Contact
}

export type Mask = ReturnType<typeof createMask>

export function createMask({ fakes, secrets, contact }: MaskOptions) {
  // What somebody set in development may be a word of everyday.
  const hidden = secrets.filter(({ length }) => length >= 8)
  /** What is known of the contact, in lower case, and what stands for it. */
  const known = new Map<string, string>()
  learn()
  const names = [...known.keys()].sort((one, other) => other.length - one.length).map(wholeWord)
  // In one go: what stands for something is not replaced again.
  const personal = new RegExp(`(?<email>${email})|(?<name>${names.join('|')})|(?<id>${id})|(?<phone>${phone})`, 'giu')
  return { value, text }

  function learn(): void {
    const { first_name, last_name, name: whole } = contact
    if (first_name) known.set(first_name.toLowerCase(), fakes.firstName(first_name))
    if (last_name) known.set(last_name.toLowerCase(), fakes.lastName(last_name))
    for (const word of whole?.split(/\s+/) ?? []) {
      if (word.length > 2 && !known.has(word.toLowerCase())) known.set(word.toLowerCase(), fakes.lastName(word))
    }
    for (const key of userKeys) {
      const user = contact[key]
      if (typeof user === 'string') known.set(user.toLowerCase(), fakes.user(user))
    }
    for (const id of [contact.id, contact.page_id, contact.ig_id]) if (id) known.set(id, fakes.id(id))
  }

  /** Any JSON, masked; `key` is the name under which it stands. */
  function value(given: unknown, key = ''): unknown {
    if (typeof given === 'string') return ofKey(given, key)
    if (typeof given === 'number') return number(given, key)
    if (Array.isArray(given)) return given.map(member => value(member, key))
    if (typeof given !== 'object' || given === null) return given
    return Object.fromEntries(Object.entries(given).map(([name, member]) => [name, value(member, name)]))
  }

  function ofKey(given: string, key: string): string {
    if (given === '') return given
    if (secretKey.test(key)) return '<secret>'
    if (pictureKey.test(key)) return 'https://example.com/picture.png'
    if ((idKey.test(key) || key === 'user_refs') && /^-?\d+$/.test(given)) {
      return given.replace(/\d+/, digits => known.get(digits) ?? fakes.id(digits))
    }
    return phoneKey.test(key) && /\d/.test(given) ? fakes.phone(given) : text(given)
  }

  /** Shorter ones count, or cost. */
  function number(given: number, key: string): number {
    const digits = String(given)
    if (!/^\d{7,15}$/.test(digits)) return given
    if (idKey.test(key)) return Number(known.get(digits) ?? fakes.id(digits))
    return digits.length >= 9 ? Number(fakes.phone(digits)) : given
  }

  function text(given: string): string {
    const open = hidden.reduce((text, secret) => text.replaceAll(secret, '<secret>'), given)
    return open.replace(personal, (real, ...rest) => {
      const { email, name, id } = rest.at(-1) as Record<string, string | undefined>
      if (email !== undefined) return fakes.email(real)
      if (name !== undefined) return inCaseOf(real, known.get(real.toLowerCase()) as string)
      return id === undefined ? fakes.phone(real) : fakes.id(real)
    })
  }
}

/** Scripts that put no space between words. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u

/** A pattern of the name or id where it is no part of another. An address may put letters before an id. */
function wholeWord(known: string): string {
  const beside = /^\d{5,}$/.test(known) ? '\\d' : '[\\p{L}\\p{N}]'
  const word = escapePattern(known)
  return unspaced.test(known) ? word : `(?<!${beside})${word}(?!${beside})`
}

/** ANA stays in capitals, ana in small letters. */
function inCaseOf(real: string, fake: string): string {
  if (real === real.toLowerCase()) return fake.toLowerCase()
  return real.length > 1 && real === real.toUpperCase() ? fake.toUpperCase() : fake
}

export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
