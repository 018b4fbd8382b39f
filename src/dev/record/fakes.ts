/** Stands in for what is personal: the same for the same, and without the key nobody can tell what it stands for. */
import { createHmac } from 'node:crypto'
import { escapePattern } from './mask.ts'

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

/** @param key keeps phone numbers from being found by trying them all; it is written nowhere */
export function createFakes(key: string) {
  return { id, phone, email, firstName, lastName, user }

  /** Digits of the same length, so that an id past 2^53 stays one. */
  function id(real: string): string {
    const { length } = real
    const digits = digitsOf(`id ${real}`, length)
    return digits.startsWith('0') ? `9${digits.slice(1)}` : digits
  }

  /** Of the same form; 999 begins no number that anybody has. */
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

/** The fakes in a text, as patterns of what they may stand for. */
const fakes =
  /(?<secret><secret>)|(?<email>person-[0-9a-f]{8}@example\.com)|(?<phone>\+?\(?9[ ().-]{0,2}9[ ().-]{0,2}9(?:[ ().-]{0,2}\d){4,})/g
const stoodFor = { secret: '.*', email: '\\S+@\\S+', phone: '\\+?\\(?\\d[\\d ().-]*\\d' }

/** Whether a value is what was recorded, as far as the record says: what was made a fake there may be anything of its kind. */
export function isAsRecorded(recorded: unknown, value: unknown): boolean {
  if (recorded === value) return true
  if (typeof recorded === 'number' && typeof value === 'number') return /^999\d{6,}$/.test(`${recorded}`)
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
  return end > 0 && new RegExp(`^${pattern}${escapePattern(recorded.slice(end))}$`, 's').test(value)
}
