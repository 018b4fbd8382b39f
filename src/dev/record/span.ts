/** A part of a text, and its replacement. */
export interface Span {
  from: number
  to: number
  by: string
}

/** Replaces a word that may or may not be personal. */
export const unsure = '<word>'

/** Overlapping spans are replaced as one, by the text of the longest. */
export function replaceSpans(text: string, spans: Span[]): string {
  const parts: string[] = []
  let written = 0
  for (const { from, to, by } of joinSpans(spans)) {
    parts.push(text.slice(written, from), by)
    written = to
  }
  return parts.join('') + text.slice(written)
}

export function joinSpans(spans: Span[]): Span[] {
  const joined: Span[] = []
  let longest = 0
  for (const span of spans.toSorted((one, other) => one.from - other.from || other.to - one.to)) {
    const last = joined.at(-1)
    const length = span.to - span.from
    if (last === undefined || span.from >= last.to) {
      joined.push({ ...span })
      longest = length
      continue
    }
    last.to = Math.max(last.to, span.to)
    if (length > longest || (length === longest && last.by === unsure)) {
      last.by = span.by
      longest = length
    }
  }
  return joined
}
