/** What replaces a masked part. */
const ellipsis = '…'
/** A part of this length that also occurs in the request counts as an echo of it, even if the echo is cut or escaped. */
const echoLength = 8
const maxLength = 500
/** Masking costs a millisecond per thousand characters, and nothing else runs meanwhile. */
const mostRead = 10_000

/** Keys of protocol words and of names in the page's set-up. They say what a refusal is about; no contact wrote them. */
const plainKeys = new Set([
  'version',
  'type',
  'action',
  'method',
  'webview_size',
  'image_aspect_ratio',
  'message_tag',
  'messaging_tag',
  'otn_topic_name',
  'tag_name',
  'field_name',
  'flow_ns',
])

/**
 * Makes a platform's message fit for an error or a log. Platforms quote what they refuse, so parts that repeat a secret or
 * a string of the request are masked. Ids stay.
 */
export function maskText(text: string, secrets: readonly string[], params: unknown): string {
  // Control characters could break a log line in two.
  const line = text
    .slice(0, mostRead)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
  const strings = [...secrets, ...collectStrings(params)]
  const whole = maskShort(maskEchoes(line, strings), strings)
  // What was cut off in the middle of an echo can't be told from other text.
  const masked = text.length > mostRead ? whole.slice(0, -echoLength) : whole
  return masked.length <= maxLength ? masked : `${masked.slice(0, maxLength)}${ellipsis}`
}

function maskEchoes(text: string, strings: string[]): string {
  const parts = new Set<string>()
  for (const string of strings) {
    const line = fold(string.replace(/[\p{Cc}\s]+/gu, ' '))
    for (let i = 0; i + echoLength <= line.length; i++) parts.add(line.slice(i, i + echoLength))
  }
  const folded = fold(text)
  let masked = ''
  let echoEnd = 0
  for (let i = 0; i < text.length; i++) {
    if (parts.has(folded.slice(i, i + echoLength))) {
      if (i >= echoEnd) masked += ellipsis
      echoEnd = i + echoLength
    }
    if (i >= echoEnd) masked += text[i]
  }
  return masked
}

/** Masks shorter strings only where they are whole words: "No" must not match in "Not". */
function maskShort(text: string, strings: string[]): string {
  const short = strings.filter(string => string.length < echoLength && /\S/.test(string)).map(s => s.trim())
  if (short.length === 0) return text
  const any = [...new Set(short)].map(escapePattern).join('|')
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, 'gu'), ellipsis)
}

/** Lower case, character by character, so that positions in the text stay the same. */
function fold(text: string): string {
  return text.replace(/\p{Lu}/gu, letter =>
    letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter,
  )
}

/** The text as part of a regular expression. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

function collectStrings(value: unknown, key = ''): string[] {
  if (plainKeys.has(key)) return []
  if (typeof value === 'number' || typeof value === 'bigint') return collectStrings(String(value), key)
  if (typeof value === 'string') return isId(key, value) ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => collectStrings(member, name))
}

function isId(key: string, value: string): boolean {
  return /(?:^|_)(?:id|ref)$/.test(key) && /^-?\d+$/.test(value)
}
