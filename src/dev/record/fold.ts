/** Normalizes a text for comparison: İ, ı, I and i become one letter, and so does the digit 5 of every script. */

/** A normalized text. Character `i` comes from the original's characters `from[i]` to `to[i]`. */
export interface Folded {
  text: string
  from: number[]
  to: number[]
}

/** A percent-encoded character, as in URLs. */
const escaped = /%[0-7][\da-f]|%[c-d][\da-f]%[\da-f]{2}|%e[\da-f](?:%[\da-f]{2}){2}|%f[\da-f](?:%[\da-f]{2}){3}/iy
const entity = /&(?:#(\d{1,6})|#x([\da-f]{1,5})|(amp|quot|apos|lt|gt));/iy
const entities: Record<string, string> = { amp: '&', quot: '"', apos: "'", lt: '<', gt: '>' }

/** Marks that people may omit. In other scripts, vowel signs distinguish words. */
const omitted =
  /[[[\p{Mn}\p{Me}]&&[\p{sc=Inherited}\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}\u093c\u09bc\u0a3c\u0abc]]--[\u3099\u309a]]|[\p{Default_Ignorable_Code_Point}\u0640]/gv
/** Characters that people use for each other, though Unicode doesn't decompose them. */
const alike = new Map(
  Object.entries({ ł: 'l', ø: 'o', đ: 'd', ð: 'd', þ: 'th', æ: 'ae', œ: 'oe', ħ: 'h', ŧ: 't', ı: 'i', ى: 'ي', ی: 'ي' }),
)
for (const apostrophe of "’‘ʼʹ`´‛ʻ′ʾʿ׳'") alike.set(apostrophe, "'")
for (const [one, other] of ['ةه', 'کك', 'ھه', 'ہه', '。.', '−-', '\t ']) alike.set(one as string, other as string)
/** A cache: a chat in one language has few different characters. */
const done = new Map<string, string>()

export function fold(given: string): Folded {
  const from: number[] = []
  const to: number[] = []
  const parts: string[] = []
  for (let at = 0; at < given.length; ) {
    const [character, length] = readAt(given, at)
    const folded = foldCharacter(character)
    parts.push(folded)
    for (let i = 0; i < folded.length; i++) {
      from.push(at)
      to.push(at + length)
    }
    at += length
    // What is omitted belongs to the letter before it: a mark must not outlive its name.
    if (folded === '' && to.length > 0) to[to.length - 1] = at
  }
  return { text: parts.join(''), from, to }
}

/** The character that begins at `at`, and the length of its notation. */
function readAt(given: string, at: number): [string, number] {
  const character = String.fromCodePoint(given.codePointAt(at) as number)
  if (character === '%') {
    const [code] = matchAt(escaped, given, at) ?? []
    const decoded = code && decode(code)
    if (decoded) return [decoded, code.length]
  }
  if (character === '&') {
    const [whole, decimal, hex, name] = matchAt(entity, given, at) ?? []
    if (whole) {
      const code = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16)
      return [name ? (entities[name.toLowerCase()] as string) : String.fromCodePoint(code), whole.length]
    }
  }
  return [character, character.length]
}

function matchAt(pattern: RegExp, given: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(given)
}

function decode(code: string): string | undefined {
  try {
    return decodeURIComponent(code)
  } catch {
    return undefined
  }
}

function foldCharacter(character: string): string {
  const known = done.get(character)
  if (known !== undefined) return known
  const folded = [...(alike.get(character) ?? plain(character))].map(foldLetter).join('')
  done.set(character, folded)
  return folded
}

/** Through upper case, so that ß becomes ss and both forms of sigma become one. */
function plain(character: string): string {
  if (/^\p{Nd}$/u.test(character)) return digitOf(character)
  if (/^\p{Zs}$/u.test(character)) return ' '
  if (/^\p{Pd}$/u.test(character)) return '-'
  return character.normalize('NFKD').replace(omitted, '').toUpperCase().toLowerCase()
}

/** Turns katakana into hiragana. */
function foldLetter(letter: string): string {
  return /[\u30a1-\u30f6]/.test(letter)
    ? String.fromCharCode(letter.charCodeAt(0) - 0x60)
    : (alike.get(letter) ?? letter)
}

/** Unicode encodes the digits of each script in a row from 0 to 9, sometimes several rows in sequence. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) as number
  let first = code
  while (/^\p{Nd}$/u.test(String.fromCodePoint(first - 1))) first--
  return String((code - first) % 10)
}
