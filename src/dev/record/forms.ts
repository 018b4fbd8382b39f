/** Decides whether a word that contains a name may be a form of it, since languages attach endings and small words. */
import { type Words, writingAt } from './words.ts'

/** `yes`: the name with something added; `maybe`: could also be another word. */
export type Certainty = 'yes' | 'maybe' | 'no'

/** In Arabic and Hebrew, "and", "to", "the" and the like are prefixes of the next word. */
const proclitics = /^[وفبكلساהובכלמש]{0,4}$/
/** Final vowels, and signs that mark a missing vowel. */
const vowel = /^[aeiouyаеиіоуыэюяьъαεηιουωაეიოუ\p{M}]/u
const closing = /(?:[aeiou]s|[αεηιου]σ)$/
const fleeting = /(?:[a-z]{2}[eo][^aeiouy]|[а-я][ео][^аеиіоуыэюя])$/
const velar = /[kghкгх]$/
const softened = /^(?:d?z|c|s|дз|[зцсжчш])[aeiouyаеиіоуыэюя]{1,2}$/

/** Whether `letters`, at `from` to `to`, is a name within its word. */
export function certaintyOf(words: Words, letters: string, from: number, to: number): Certainty {
  const writing = writingAt(words, from)
  const start = words.start[from] as number
  const end = words.end[to - 1] as number
  if (from === start && to === end) return letters.length > 1 || writing === 'symbol' ? 'yes' : 'maybe'
  if (writing === 'unspaced') return letters.length > 1 ? 'yes' : 'maybe'
  if (writing === 'digit') return 'no'
  const before = words.letters.slice(start, Math.min(from, start + 8))
  const after = end - to
  if (writing === 'hangul' && before === '') return certaintyInKorean(letters, words.letters.slice(to, end))
  if (writing === 'semitic' && letters.length >= 3 && proclitics.test(before)) return after <= 3 ? 'yes' : 'maybe'
  if (letters.length >= 5) return 'maybe'
  if (letters.length === 4) return before === '' || after === 0 ? 'maybe' : 'no'
  // In the scripts of India, vowel signs count as letters.
  const longest = writing === 'other' ? 6 : 3
  return letters.length === 3 && before === '' && after <= longest ? 'maybe' : 'no'
}

/** Counts jamo, two or three per syllable. A single syllable begins many words, so it must end where a syllable ends. */
function certaintyInKorean(letters: string, after: string): Certainty {
  if (letters.length >= 4) return 'yes'
  return after.length <= 6 && /^[\u1100-\u1112]/.test(after) ? 'maybe' : 'no'
}

/** Whether the word may be an inflected form of the name, with a changed ending: Марии of Мария, Pavla of Pavel. */
export function isInflected(word: string, letters: string): boolean {
  if (word.length > letters.length + 4) return false
  if (letters.length >= 5 && word.startsWith(letters.slice(0, -1))) return true
  return (
    stemsOf(letters).some(stem => {
      if (!word.startsWith(stem)) return false
      const rest = word.slice(stem.length)
      return rest === '' ? stem.length > 2 : rest.length <= 4 && vowel.test(rest)
    }) || isSoftened(word, letters)
  )
}

function stemsOf(letters: string): string[] {
  const stems: string[] = []
  if (letters.length >= 3 && vowel.test(letters.slice(-1))) stems.push(letters.slice(0, -1))
  if (letters.length >= 4 && closing.test(letters)) stems.push(letters.slice(0, -2))
  if (fleeting.test(letters)) stems.push(letters.slice(0, -2) + letters.slice(-1))
  return stems
}

/** A softened consonant: Olze of Olga, Ользі of Ольга. */
function isSoftened(word: string, letters: string): boolean {
  const stem = letters.slice(0, -1)
  if (stem.length < 3 || !vowel.test(letters.slice(-1)) || !velar.test(stem)) return false
  return (
    (word.startsWith(stem.slice(0, -1)) && softened.test(word.slice(stem.length - 1))) ||
    (word.startsWith(`${stem.slice(0, -1)}ь`) && softened.test(word.slice(stem.length)))
  )
}
