/** Removes secrets and everything that identifies the contact from a recording: ids, names, addresses, phone numbers. */
import type { Contact } from '../../blocks/contact.ts'
import type { Fakes } from './fakes.ts'
import { fold } from './fold.ts'
import { findMails } from './mails.ts'
import { createNames } from './names.ts'
import { findNumbers } from './numbers.ts'
import { joinSpans, replaceSpans, type Span, unsure } from './span.ts'

const idKey = /^(?:id|user_ref|\w+_id)$/
const nameKey = /^(?:first_|last_)?name$/
const phoneKey = /phone(?:[ _-]?number)?$/i
const emailKey = /e-?mail$/i
const secretKey = /secret|token|password|authorization|api_?key/i
const pictureKey = /^(?:profile_pic|avatar)/

export interface MaskOptions {
  fakes: Fakes
  /** Secrets from the settings, hidden wherever they appear. */
  secrets: readonly string[]
  /** The contact of the conversation. */
  contact: Contact
  /** Called when a word that may be personal is left out. */
  onUnsure?: () => void
}

export type Mask = ReturnType<typeof createMask>

export function createMask({ fakes, secrets, contact, onUnsure = () => {} }: MaskOptions) {
  // A short secret set in development may be an everyday word.
  const hidden = secrets.filter(({ length }) => length >= 8)
  const ids = new Map<string, string>()
  for (const id of [contact.id, contact.page_id, contact.ig_id]) if (id) ids.set(id, fakes.id(id))
  const names = createNames(contact, fakes)
  return { value, text: (given: string) => text(given) }

  /** Masks any JSON value; `key` is its key in the enclosing object. */
  function value(given: unknown, key = ''): unknown {
    if (given === null || given === undefined || typeof given === 'boolean') return given
    if (secretKey.test(key) && given !== '') return '<secret>'
    if (typeof given === 'string') return ofKey(given, key)
    if (typeof given === 'number') return number(given, key)
    if (Array.isArray(given)) return given.map(member => value(member, key))
    return Object.fromEntries(Object.entries(given).map(([name, member]) => [keyOf(name), value(member, name)]))
  }

  /** Leaves names in keys, since they may be words of the program. */
  function keyOf(name: string): string {
    const folded = fold(name)
    return replaceSpans(name, [...findMails(folded, fakes), ...findNumbers(folded, { fakes, ids })])
  }

  function ofKey(given: string, key: string): string {
    if (given === '') return given
    if (pictureKey.test(key)) return 'https://example.com/picture.png'
    if ((idKey.test(key) || key === 'user_refs') && /^-?\d+$/.test(given)) {
      return given.replace(/\d+/, digits => ids.get(digits) ?? fakes.id(digits))
    }
    if (nameKey.test(key)) return names.standFor(given) ?? text(given)
    if (emailKey.test(key) && /[@\p{L}]/u.test(given)) return fakes.email(fold(given).text)
    return text(given, phoneKey.test(key) ? 1 : undefined)
  }

  /** Leaves shorter numbers, which are counts or prices. */
  function number(given: number, key: string): number {
    const digits = String(Math.abs(given))
    if (!/^\d{1,15}$/.test(digits)) return given
    const isPhone = digits.length >= 9 || phoneKey.test(key)
    if (idKey.test(key) && digits.length >= 7) return Math.sign(given) * Number(ids.get(digits) ?? fakes.id(digits))
    return isPhone ? Math.sign(given) * Number(fakes.phone(digits)) : given
  }

  function text(given: string, fewestDigits?: number): string {
    const folded = fold(given)
    const spans = joinSpans([
      ...hidden.flatMap(secret => findAll(given, secret)),
      ...findMails(folded, fakes),
      ...findNumbers(folded, { fakes, ids }, fewestDigits),
      ...names.find(given, folded),
    ])
    if (spans.some(({ by }) => by === unsure)) onUnsure()
    return replaceSpans(given, spans)
  }
}

function findAll(text: string, secret: string): Span[] {
  const spans: Span[] = []
  for (let from = text.indexOf(secret); from >= 0; from = text.indexOf(secret, from + secret.length)) {
    spans.push({ from, to: from + secret.length, by: '<secret>' })
  }
  return spans
}
