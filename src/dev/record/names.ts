/** Finds a contact's names in a text by comparing words, in any spelling and with the endings that languages add. */
import type { Contact } from '../../blocks/contact.ts'
import type { Fakes } from './fakes.ts'
import { type Folded, fold } from './fold.ts'
import { certaintyOf, isInflected } from './forms.ts'
import { type Span, unsure } from './span.ts'
import { gaps, readWords, type Words, writingAt } from './words.ts'

const userKey = /username$|_bsuid$/
/** Parts of names that are common words. */
const small = new Set(
  'al da dal de del den der des di dos du e el ibn la las le los of san te ten ter van vom von y zu zur and und'.split(
    ' ',
  ),
)
/** German and Nordic letters that people also spell with two. */
const spelledOut: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa' }

interface Name {
  letters: string
  /** Positions in `letters` where a space or another separator may be. */
  joints: Set<number>
  fake: string
  isInflected: boolean
}

export type Names = ReturnType<typeof createNames>

export function createNames(contact: Contact, fakes: Fakes) {
  const names = new Map<string, Name>()
  learn()
  return { find, standFor }

  function learn(): void {
    const { first_name, last_name, name } = contact
    learnName(first_name, fakes.firstName)
    learnName(last_name, fakes.lastName)
    learnName(name, fakes.lastName)
    if (typeof first_name === 'string' && typeof last_name === 'string') {
      learnWhole(`${first_name} ${last_name}`)
      learnWhole(`${last_name} ${first_name}`)
    }
    for (const [key, user] of Object.entries(contact)) {
      if (userKey.test(key) && typeof user === 'string') add(user, fakes.user, false)
    }
  }

  /** Learns each word, each part of a word like Anne-Marie, and the whole name. */
  function learnName(given: unknown, makeFake: (word: string) => string): void {
    if (typeof given !== 'string') return
    const tokens = tokensOf(given)
    for (const token of tokens) {
      if (tokens.length > 1 && isSmall(token)) continue
      for (const part of [token, ...partsOf(token)]) {
        if (part !== token && isSmall(part)) continue
        add(part, makeFake)
        const spelled = part
          .toLowerCase()
          .normalize('NFC')
          .replace(/[äöüøå]/g, letter => spelledOut[letter] as string)
        add(spelled, () => makeFake(lettersOf(part)))
      }
    }
    if (tokens.length > 1) learnWhole(given, makeFake)
  }

  function learnWhole(given: string, makeFake = fakes.lastName): void {
    const made = tokensOf(given).map(token => names.get(lettersOf(token))?.fake ?? makeFake(lettersOf(token)))
    add(given, () => made.join(' '), false)
  }

  function add(given: string, makeFake: (letters: string) => string, isInflected = true): void {
    const { letters, gap } = readWords(fold(given))
    if (letters === '' || names.has(letters)) return
    const joints = new Set([...gap.keys()].filter(i => i > 0 && gap[i] !== gaps.none))
    names.set(letters, { letters, joints, fake: makeFake(letters), isInflected })
  }

  /** The replacement of a whole name, if it is one of the contact's. */
  function standFor(given: string): string | undefined {
    const name = names.get(lettersOf(given))
    return name && inCaseOf(given, name.fake)
  }

  function find(given: string, folded: Folded): Span[] {
    const words = readWords(folded)
    const spans = [...names.values()].flatMap(name => [...findName(words, name), ...findForms(words, name)])
    return spans.map(({ from, to, by }) => {
      const start = folded.from[words.at[from] as number] as number
      const end = folded.to[words.at[to - 1] as number] as number
      return { from: start, to: end, by: by === unsure ? by : inCaseOf(given.slice(start, end), by) }
    })
  }
}

/** The spans count the letters of the words. */
function findName(words: Words, { letters, joints, fake }: Name): Span[] {
  const spans: Span[] = []
  for (let from = words.letters.indexOf(letters); from >= 0; from = words.letters.indexOf(letters, from + 1)) {
    const to = from + letters.length
    if (!isTogether(words, from, to, joints)) continue
    const certainty = certaintyOf(words, letters, from, to)
    if (certainty === 'yes') spans.push({ from, to, by: fake })
    if (certainty !== 'maybe') continue
    const span = { ...(writingAt(words, from) === 'unspaced' ? { from, to } : wholeOf(words, from, to)), by: unsure }
    if (span.from !== spans.at(-1)?.from || span.to !== spans.at(-1)?.to) spans.push(span)
  }
  return spans
}

/** Extends a span to whole words. */
function wholeOf({ start, end }: Words, from: number, to: number): Omit<Span, 'by'> {
  return { from: start[from] as number, to: end[to - 1] as number }
}

/** Whether only separators that may occur in a name are between the letters. */
function isTogether(words: Words, from: number, to: number, joints: Set<number>): boolean {
  const { gap, at } = words
  for (let i = from + 1; i < to; i++) {
    if (gap[i] !== gaps.wide) continue
    const signs = (at[i] as number) - (at[i - 1] as number) - 1
    if (joints.has(i - from) ? signs > 3 : signs > 1 || !isWhole()) return false
  }
  return true

  /** A long name may have an extra space, and a short one may be spelled out, if its words contain nothing else. */
  function isWhole(): boolean {
    const whole = wholeOf(words, from, to)
    if (whole.from !== from || whole.to !== to) return false
    return to - from >= 5 || (to - from >= 3 && gap.subarray(from, to).every(before => before !== gaps.none))
  }
}

function findForms({ letters, end }: Words, name: Name): Span[] {
  if (!name.isInflected) return []
  const spans: Span[] = []
  for (let from = 0; from < letters.length; from = end[from] as number) {
    const to = end[from] as number
    if (to - from <= name.letters.length + 4 && isInflected(letters.slice(from, to), name.letters))
      spans.push({ from, to, by: unsure })
  }
  return spans
}

function tokensOf(given: string): string[] {
  return given.split(/\s+/).filter(token => lettersOf(token) !== '')
}

function lettersOf(given: string): string {
  return readWords(fold(given)).letters
}

function isSmall(token: string): boolean {
  const words = readWords(fold(token))
  const { letters } = words
  return letters === '' || small.has(letters) || (letters.length === 1 && writingAt(words, 0) !== 'unspaced')
}

/** The parts of Anne-Marie and AnaMaria; Chinese and Korean names also without the family name, which comes first. */
function partsOf(token: string): string[] {
  const parts = [...token.split(/\p{Pd}/u), ...token.split(/[^\p{L}\p{M}\p{N}\p{Cf}]+|(?<=\p{Ll})(?=\p{Lu})/u)]
  const letters = [...token.normalize('NFC')]
  const isChinese = /^\p{sc=Han}{3,4}$/u.test(token)
  if (isChinese) parts.push(letters.slice(0, 2).join(''), letters.slice(-2).join(''))
  if (/^ال.{3}/.test(token)) parts.push(token.slice(2))
  if (/^\p{sc=Hangul}{3,4}$/u.test(letters.join(''))) parts.push(letters.slice(-2).join(''))
  return parts
}

/** Keeps the case: ANA stays in capitals, ana in small letters. */
function inCaseOf(real: string, fake: string): string {
  const [lower, upper] = [real.toLowerCase(), real.toUpperCase()]
  if (lower === upper) return fake
  if (real === lower) return fake.toLowerCase()
  return real.length > 1 && real === upper ? fake.toUpperCase() : fake
}
