/** Finds who calls: of all the ids in a body, the one that can only be the contact's. */
import { closest, distance } from 'fastest-levenshtein'
import { createError } from '../errors/errors.ts'
import { isObject } from '../json/object.ts'

type Members = Record<string, unknown>

/** Where the contact stands in a body, and which id is theirs. */
export interface Found {
  id: string
  /** The member that is the contact; null when it is the body itself. */
  key: string | null
  /** Whether the object is Full Contact Data, which has nothing but fields of the contact. */
  isFull: boolean
}

/** One of the ids that may be the contact's. */
interface Candidate extends Found {
  /** 1 is the surest. */
  rank: 1 | 2 | 3 | 4
  /** A JSON pointer. */
  path: string
}

const digits = /^[1-9]\d{0,31}$/
/** Names that only the id of a contact has, in snake case. */
const idNames = ['subscriber_id', 'user_id', 'contact_id', 'manychat_user_id', 'sender_id'] as const
const idSpellings = new Set(idNames.flatMap(spellings))
/** Members that hold the contact where the bot's builder gave it a name. Elsewhere, `id` may be that of an order. */
const contactKeys = new Set(['contact', 'subscriber', 'full_contact_data', 'full-data', 'full_data', 'data'])
/** Beside an id of digits, two of them make Full Contact Data. */
const fullFields = ['page_id', 'live_chat_url', 'subscribed', 'last_interaction', 'custom_fields']
/** More edits than that are another word. */
const likelyEdits = 3

/** `subscriber_id`, `subscriberId` and `SubscriberId`. */
function spellings(snake: string): string[] {
  const camel = snake.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  return [snake, camel, camel.charAt(0).toUpperCase() + camel.slice(1)]
}

/** An id as a string of digits, whether it came as a number or a string; null for anything else. */
export function readId(value: unknown): string | null {
  if (typeof value === 'string') return digits.test(value) ? value : null
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? String(value) : null
}

/** Whether only the id of a contact has that name. */
export function isIdName(key: string): boolean {
  return idSpellings.has(key)
}

/** Whether the body's builder may have put the contact there. */
export function isContactKey(key: string): boolean {
  return contactKeys.has(key)
}

/**
 * The contact of a body, by the surest of its ids: that of Full Contact Data, then a name like `subscriber_id` at the top,
 * then such a name one object down, then a bare `id`.
 *
 * @throws DynablockError `DYN_CONTACT_MISSING` naming the keys of the body, `DYN_CONTACT_AMBIGUOUS` naming both places
 */
export function findContact(body: Members): Found {
  const candidates = listCandidates(body)
  const [first, ...others] = candidates
  if (first === undefined) throw createError('DYN_CONTACT_MISSING', { got: describe(body) })
  const best = others.reduce((a, b) => (b.rank < a.rank ? b : a), first)
  const rival = candidates.find(
    ({ rank, id }) => id !== best.id && (rank === best.rank || (best.rank === 1 && rank === 2)),
  )
  if (rival) throw createError('DYN_CONTACT_AMBIGUOUS', { got: `${best.path} and ${rival.path}` })
  return candidates.filter(({ id }) => id === best.id).sort(byHome)[0] as Candidate
}

/** The object that tells most about the contact is taken for the contact. */
function byHome(a: Candidate, b: Candidate): number {
  return weigh(a) - weigh(b)
}

function weigh({ rank, key }: Candidate): number {
  if (rank === 1) return key === null ? 0 : 1
  return key === null ? 5 : rank
}

function listCandidates(body: Members): Candidate[] {
  const found: Candidate[] = []
  consider(body, null)
  for (const key in body) {
    if (idSpellings.has(key)) add(body[key], { rank: 2, key: null, isFull: false, path: pointer(key) })
    else if (isObject(body[key])) consider(body[key], key)
  }
  return found

  function consider(object: Members, key: string | null): void {
    const isFull = isFullContact(object)
    if (isFull || key === null || isContactKey(key)) {
      add(object.id, { rank: isFull ? 1 : 4, key, isFull, path: pointer(key, 'id') })
    }
    if (key === null) return
    for (const name in object) {
      if (idSpellings.has(name)) add(object[name], { rank: 3, key, isFull: false, path: pointer(key, name) })
    }
  }

  function add(value: unknown, candidate: Omit<Candidate, 'id'>): void {
    const id = readId(value)
    if (id !== null) found.push({ id, ...candidate })
  }
}

/** The surest sign is `"key": "user:<id>"`. */
function isFullContact(object: Members): boolean {
  if (readId(object.id) === null) return false
  if (typeof object.key === 'string' && object.key.startsWith('user:')) return true
  let count = 0
  for (const field of fullFields) if (field in object) count++
  return count >= 2
}

/** Keys are those of the body's builder, never what a contact wrote; a long one is cut all the same. */
function pointer(...keys: (string | null)[]): string {
  const parts = keys.filter(key => key !== null)
  return parts.map(key => `/${key.slice(0, 40).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The keys of a body, never its values. */
function describe(body: Members): string {
  const names = Object.keys(body)
  if (names.length === 0) return 'an object without keys'
  const keys = names.map(key => `"${key.slice(0, 40)}"`)
  return `an object with ${keys.slice(0, 20).join(', ')}${keys.length > 20 ? ', …' : ''}${hint(body)}`
}

function hint(body: Members): string {
  const empty = Object.keys(body).find(key => (key === 'id' || idSpellings.has(key)) && body[key] === null)
  if (empty !== undefined) return `, whose "${empty}" was empty or not rendered`
  for (const key of Object.keys(body)) {
    const nearest = closest(key.toLowerCase(), [...idNames])
    if (readId(body[key]) !== null && distance(key.toLowerCase(), nearest) <= likelyEdits)
      return `; did you mean "${nearest}" by "${key.slice(0, 40)}"?`
  }
  return ''
}
