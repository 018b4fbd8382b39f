import { type Capabilities, type Channel, capabilities } from './channels.ts'

export interface SplitOptions {
  /** The channel whose limit applies; default `messenger`. */
  channel?: Channel
}

/** The longest text of a message, and of one with buttons. */
export type TextLimit = Capabilities['text']
export type TextUnit = TextLimit['unit']

/** Where a text may be cut, best first; `piece` is any boundary around a word, such as a hyphen. */
type Place = 'paragraph' | 'line' | 'sentence' | 'word' | 'piece' | 'grapheme'
const places: readonly Place[] = ['paragraph', 'line', 'sentence', 'word', 'piece', 'grapheme']
/** Makes the fewest parts. */
const placesToFill: readonly Place[] = ['word', 'piece', 'grapheme']

// `und` is no language in particular: the parts are the same on every machine.
const sentences = new Intl.Segmenter('und', { granularity: 'sentence' })
const words = new Intl.Segmenter('und', { granularity: 'word' })
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

const blankLines = /\n[^\S\n]*\n\s*/g
const lineEnds = /\n\s*/g
/** Scripts that write words without spaces between them. */
const unspaced = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u
const links = /(?:https?:\/\/|www\.)[^\s<>"«»“”「」『』（）、。，！？；：]+/gi
/** The part of a link that is one even where no space ends it, as in Japanese. */
const plainLink = /^(?:https?:\/\/|www\.)[!-~]+/i

/** Whether there is a boundary can depend on what follows it, but hardly on what is farther away. */
const lookahead = 64

/**
 * Splits a text into parts that the channel shows whole: at paragraphs, else at lines, sentences or words of any script.
 * Graphemes and links are never cut: one that is longer than the limit is a part by itself, and too long. White space is
 * dropped where the text is cut.
 *
 * @example
 * splitText('A long story. …', { channel: 'instagram' }).map(part => text(part))
 */
export function splitText(text: string, { channel = 'messenger' }: SplitOptions = {}): string[] {
  const { alone, unit } = capabilities[channel].text
  return split(text, { alone, withButtons: alone, unit }, places)
}

/**
 * The parts of a text of which the last one has the buttons; at most `most`. Undefined when there is no way to split it.
 */
export function splitForButtons(text: string, limit: TextLimit, most: number): string[] | undefined {
  if (exceeds(text, limit.alone * most, limit.unit)) return undefined
  return [places, placesToFill].map(at => split(text, limit, at)).find(isGood)

  function isGood(parts: string[]): boolean {
    const isShown = (part: string, i: number) =>
      !exceeds(part, i === parts.length - 1 ? limit.withButtons : limit.alone, limit.unit)
    return parts.length > 0 && parts.length <= most && parts.every(isShown)
  }
}

/** Whether a text is longer than the limit. Counts no further than that. */
export function exceeds(text: string, limit: number, unit: TextUnit): boolean {
  return reach(text, limit, unit) < text.length
}

export function measure(text: string, unit: TextUnit): number {
  return unit === 'bytes' ? Buffer.byteLength(text) : [...text].length
}

function split(text: string, limit: TextLimit, at: readonly Place[]): string[] {
  if (!exceeds(text, limit.withButtons, limit.unit)) return [text]
  const parts: string[] = []
  let rest = text.trim()
  while (exceeds(rest, limit.withButtons, limit.unit)) {
    const cut = findCut(rest, limit, at)
    parts.push(rest.slice(0, cut).trimEnd())
    rest = rest.slice(cut).trimStart()
  }
  return rest === '' ? parts : [...parts, rest]
}

/** The end of the longest beginning within the limit. */
function reach(text: string, limit: number, unit: TextUnit): number {
  // A UTF-16 unit is at most one character, and at most three bytes of UTF-8.
  if (text.length * (unit === 'bytes' ? 3 : 1) <= limit) return text.length
  let length = 0
  let end = 0
  while (end < text.length) {
    const code = text.codePointAt(end) as number
    length += sizeOf(code, unit)
    if (length > limit) break
    end += code > 0xffff ? 2 : 1
  }
  return end
}

function sizeOf(code: number, unit: TextUnit): number {
  if (unit === 'characters') return 1
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
}

/** Where the first part ends: at the last of the best places. */
function findCut(text: string, limit: TextLimit, at: readonly Place[]): number {
  const end = reach(text, limit.alone, limit.unit)
  const section = text.slice(0, end + lookahead)
  const linked = [...section.matchAll(links)].map(({ index, 0: { length } }) => {
    const isTooLong = index === 0 && length > end
    return [index, index + (isTooLong ? (plainLink.exec(section) as RegExpExecArray)[0].length : length)] as const
  })
  const isAllowed = (cut: number) =>
    cut > 0 && cut <= end && cut < text.length && !linked.some(([from, to]) => from < cut && cut < to)
  if (end === text.length) {
    // All of it fits, but not with the buttons: the last part is as long as they allow.
    const from = startOfLast(text, limit)
    const cut = firstOf(place => cutsAt(place, section).find(cut => cut >= from && isAllowed(cut)))
    if (cut) return cut
  }
  return firstOf(place => cutsAt(place, section).findLast(isAllowed)) ?? endOfFirst(text)

  function firstOf(find: (place: Place) => number | undefined): number | undefined {
    for (const place of at) {
      const cut = find(place)
      if (cut !== undefined) return cut
    }
    return undefined
  }
}

/** From where on the rest of a text fits with buttons. */
function startOfLast(text: string, { withButtons, unit }: TextLimit): number {
  const characters = [...text]
  let [start, length] = [text.length, 0]
  for (let i = characters.length - 1; ; i--) {
    const character = characters[i] as string
    length += sizeOf(character.codePointAt(0) as number, unit)
    if (length > withButtons) return start
    start -= character.length
  }
}

function cutsAt(place: Place, section: string): number[] {
  if (place === 'paragraph') return endsOf(section, blankLines)
  if (place === 'line') return endsOf(section, lineEnds)
  const segmenter = place === 'sentence' ? sentences : place === 'grapheme' ? graphemes : words
  const cuts = Array.from(segmenter.segment(section), ({ index }) => index)
  return place === 'word' ? cuts.filter(index => isBetweenWords(section, index)) : cuts
}

function endsOf(section: string, gaps: RegExp): number[] {
  return Array.from(section.matchAll(gaps), ({ index, 0: { length } }) => index + length)
}

/** Not after a hyphen, and not before a comma. */
function isBetweenWords(section: string, index: number): boolean {
  const next = String.fromCodePoint(section.codePointAt(index) as number)
  return /\s/.test(section.charAt(index - 1) + next) || unspaced.test(next)
}

/** The end of a link or grapheme, at the start of a text, that is longer than a part. */
function endOfFirst(text: string): number {
  const link = plainLink.exec(text)
  if (link) return link[0].length
  const [first] = graphemes.segment(text)
  return (first as Intl.SegmentData).segment.length
}
