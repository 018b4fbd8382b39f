/** The letters and digits of a text without the characters between them, so that O’Brien, O'Brien and OBrien are equal. */
import type { Folded } from './fold.ts'

export interface Words {
  letters: string
  /** The position of each letter in the folded text. */
  at: number[]
  /** The writing system of each letter. A word contains only one. */
  writing: Uint8Array
  /** The gap before each letter. */
  gap: Uint8Array
  /** The start and the end of each letter's word. */
  start: Uint32Array
  end: Uint32Array
}

export const gaps = { none: 0, joiner: 1, wide: 2 } as const

const writings = [
  ['digit', /\p{N}/u],
  ['symbol', /[\p{So}\p{Emoji_Modifier}]/u],
  ['unspaced', /[[\p{L}\p{M}]&&[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Mymr}]]/v],
  ['hangul', /\p{sc=Hangul}/u],
  ['semitic', /[\p{sc=Arabic}\p{sc=Hebrew}]/u],
  ['latin', /\p{sc=Latin}/u],
  ['cyrillic', /\p{sc=Cyrillic}/u],
  ['greek', /\p{sc=Greek}/u],
  ['other', /\p{L}/u],
] as const
export type Writing = (typeof writings)[number][0]

/** A character that doesn't belong to a word. */
const none = 255
/** A sign that belongs to the letter before it. */
const sign = 254
const known = new Map<string, number>()

export function readWords({ text }: Pick<Folded, 'text'>): Words {
  const letters: string[] = []
  const at: number[] = []
  const writing: number[] = []
  const gap: number[] = []
  let before: number = gaps.wide
  for (let i = 0; i < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(i) as number)
    const found = numberOf(character)
    const isSign = found === sign && before === gaps.none
    if (found < writings.length || isSign) {
      letters.push(character)
      for (let unit = 0; unit < character.length; unit++) {
        at.push(i + unit)
        gap.push(unit > 0 ? gaps.none : before)
        writing.push(isSign ? (writing.at(-1) as number) : found)
        before = gaps.none
      }
    } else before = before === gaps.none && !/\s/.test(character) ? gaps.joiner : gaps.wide
    i += character.length
  }
  return {
    letters: letters.join(''),
    at,
    writing: Uint8Array.from(writing),
    gap: Uint8Array.from(gap),
    ...extents(writing, gap),
  }
}

function numberOf(character: string): number {
  let number = known.get(character)
  if (number === undefined) {
    const place = writings.findIndex(([, pattern]) => pattern.test(character))
    number = place >= 0 ? place : /\p{M}/u.test(character) ? sign : none
    known.set(character, number)
  }
  return number
}

export function writingAt({ writing }: Pick<Words, 'writing'>, place: number): Writing {
  return writings[writing[place] as number]?.[0] as Writing
}

function extents(writing: number[], gap: number[]): Pick<Words, 'start' | 'end'> {
  const start = new Uint32Array(gap.length)
  const end = new Uint32Array(gap.length)
  for (let i = 0; i < gap.length; i++) start[i] = isSameWord(i) ? (start[i - 1] as number) : i
  for (let i = gap.length - 1; i >= 0; i--) end[i] = isSameWord(i + 1) ? (end[i + 1] as number) : i + 1
  return { start, end }

  function isSameWord(i: number): boolean {
    return i > 0 && gap[i] === gaps.none && writing[i] === writing[i - 1]
  }
}
