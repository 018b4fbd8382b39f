/** Replacements for personal data. Equal data gets equal replacements, which can't be traced back without the key. */
import { createHmac } from 'node:crypto'
import { escapePattern } from '../../outbound/mask.ts'

const firstNames = [
  'Alex',
  'Bo',
  'Cleo',
  'Dana',
  'Eli',
  'Finn',
  'Gwen',
  'Hana',
  'Ida',
  'Juno',
  'Kim',
  'Lou',
  'Mika',
  'Noa',
]
const lastNames = ['Ash', 'Birch', 'Cedar', 'Elm', 'Fir', 'Hazel', 'Juniper', 'Larch', 'Maple', 'Oak', 'Pine', 'Rowan']

export type Fakes = ReturnType<typeof createFakes>

/** @param key prevents finding a phone number by trying all of them; never written to a recording */
export function createFakes(key: string) {
  return { id, phone, email, firstName, lastName, user }

  /** As many digits as the original, so that an id above 2^53 stays above it. */
  function id(real: string): string {
    const { length } = real
    const digits = digitsOf(`id ${real}`, length)
    return digits.startsWith('0') ? `9${digits.slice(1)}` : digits
  }

  /** In the same format. No real number begins with 999. */
  function phone(real: string): string {
    const digits = `999${digitsOf(`phone ${real.replace(/\D/g, '')}`, 40)}`
    let place = 0
    return real.replace(/\d/g, () => digits[place++] as string)
  }

  function email(real: string): string {
    return `person-${hash(`email ${real.toLowerCase()}`).toString('hex', 0, 4)}@example.com`
  }

  function firstName(real: string): string {
    return pick(firstNames, `first ${real.toLowerCase()}`)
  }

  function lastName(real: string): string {
    return pick(lastNames, `last ${real.toLowerCase()}`)
  }

  function user(real: string): string {
    return `user-${hash(`user ${real.toLowerCase()}`).toString('hex', 0, 4)}`
  }

  function pick(names: string[], what: string): string {
    return names[hash(what).readUInt32BE() % names.length] as string
  }

  function digitsOf(what: string, length: number): string {
    return BigInt(`0x${hash(what).toString('hex')}`)
      .toString()
      .slice(-length)
      .padStart(length, '7')
  }

  function hash(what: string): Buffer {
    return createHmac('sha256', key).update(what).digest()
  }
}

/** Finds fakes in a text. */
const fakes =
  /(?<secret><secret>)|(?<word><word>)|(?<email>person-[0-9a-f]{8}@example\.com)|(?<phone>\+?\(?9[ ()./·*_~|-]{0,5}9[ ()./·*_~|-]{0,5}9(?:[ ()./·*_~|,-]{0,5}\d){4,})/g
/** What each kind of fake may stand for, as patterns. */
const stoodFor = {
  secret: '.*',
  word: '\\S+',
  email: '\\S+(?: ?[@＠﹫] ?|%40|[([{] ?at ?[)\\]}])\\S+',
  phone: '\\+?\\(?\\p{Nd}[^\\p{L}\\n]*\\p{Nd}',
}

/** Whether a recorded text contains fakes, so that it may stand for several texts. */
export function hasStandIn(recorded: string): boolean {
  return recorded.search(fakes) >= 0
}

/** Whether a value matches the recorded one. A fake in the recording matches any value of its kind. */
export function isAsRecorded(recorded: unknown, value: unknown): boolean {
  if (recorded === value) return true
  if (typeof recorded === 'number' && typeof value === 'number') return /^999\d{4,}$/.test(`${recorded}`)
  if (typeof recorded !== 'string' || typeof value !== 'string') return false
  let pattern = ''
  let end = 0
  for (const { 0: fake, index, groups } of recorded.matchAll(fakes)) {
    const [kind] = Object.entries(groups ?? {}).find(([, text]) => text !== undefined) as [
      keyof typeof stoodFor,
      string,
    ]
    pattern += escapePattern(recorded.slice(end, index)) + stoodFor[kind]
    end = index + fake.length
  }
  return end > 0 && new RegExp(`^${pattern}${escapePattern(recorded.slice(end))}$`, 'su').test(value)
}
