/** Finds ids and phone numbers, in the digits of any script and with any separators. */
import type { Fakes } from './fakes.ts'
import type { Folded } from './fold.ts'
import type { Span } from './span.ts'

/** Digits with a few separators between them. Line breaks aren't separators, nor are the commas in 1,234,567. */
const chain = /\+?\(?\d(?:(?:[ ()./·*_~|-]{0,5}|(?<=\d{3}),(?=\d{3}(?:,\d{4}|\d)))\d)*/g
/** Dates, time ranges, and the ids of flows, which contain digits. */
const harmless = new RegExp(
  [
    String.raw`(?<!\d[-./]?)(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?![-./]?\d)`,
    String.raw`(?<!\d[-./]?)(?:0?[1-9]|[12]\d|3[01])([-./])(?:0?[1-9]|[12]\d|3[01])\2(?:19|20)\d\d(?![-./]?\d)`,
    String.raw`(?<!\d[ .-]?)(?:[01]?\d|2[0-4])\.[0-5]\d ?- ?(?:[01]?\d|2[0-4])\.[0-5]\d(?![ .-]?\d)`,
    String.raw`content\d{14}_\d{6}(?!\d)`,
  ].join('|'),
  'g',
)
/** Fewer digits are an amount, a year or a house number. */
const fewestDigits = 7
const mostDigits = 15

export interface NumbersOptions {
  fakes: Fakes
  /** The contact's own ids and their replacements. */
  ids: ReadonlyMap<string, string>
}

/** @param fewest the least number of digits in a phone number */
export function findNumbers(folded: Folded, { fakes, ids }: NumbersOptions, fewest = fewestDigits): Span[] {
  // Replaced by as many characters, so that positions stay the same.
  const text = folded.text.replace(harmless, found => found.replace(/\d/g, 'd'))
  return [...text.matchAll(chain)].flatMap(({ 0: found, index }) => {
    const runs = [...found.matchAll(/\d+/g)].map(run => ({ digits: run[0], from: index + run.index }))
    const others = runs.filter(({ digits, from }) => !isId(digits, from))
    const isPhone = others.reduce((sum, { digits }) => sum + digits.length, 0) >= fewest
    const known = runs.flatMap(run => (isId(run.digits, run.from) ? [spanOf(run.from, run.digits)] : []))
    return [...known, ...(isPhone ? groups(others).map(([from, to]) => phoneSpan(from, to)) : [])]
  })

  /** A short id of the contact counts only when it stands alone. */
  function isId(digits: string, from: number): boolean {
    if (digits.length > mostDigits) return true
    const beside = (folded.text[from - 1] ?? '') + (folded.text[from + digits.length] ?? '')
    return ids.has(digits) && (digits.length >= 5 || !/[\p{L}\p{M}_]/u.test(beside))
  }

  function spanOf(from: number, digits: string): Span {
    return place(from, from + digits.length, ids.get(digits) ?? fakes.id(digits))
  }

  function phoneSpan(from: number, to: number): Span {
    return place(from, to, fakes.phone(folded.text.slice(from, to)))
  }

  function place(from: number, to: number, by: string): Span {
    return { from: folded.from[from] as number, to: folded.to[to - 1] as number, by }
  }
}

/** Separates consecutive phone numbers where one would get too long. */
function groups(runs: { digits: string; from: number }[]): [number, number][] {
  const made: [number, number][] = []
  let count = 0
  for (const { digits, from } of runs) {
    const last = made.at(-1)
    count += digits.length
    if (last && count <= mostDigits) last[1] = from + digits.length
    else {
      made.push([from, from + digits.length])
      count = digits.length
    }
  }
  return made
}
