/** Finds email addresses like ana@private.test, also with other forms of @, percent-encoded, or with (at) and (dot). */
import type { Fakes } from './fakes.ts'
import type { Folded } from './fold.ts'
import type { Span } from './span.ts'

const sign = / ?(?:@|[([{] ?at ?[)\]}]) ?| at (?=\S{1,63} dot \S)/g
/** Includes single surrogates, as the search goes by code units. */
const local = /[\p{L}\p{M}\p{N}\ud800-\udfff._%+'-]/u
const dot = / ?[([{] ?(?:dot|punkt|punto|point) ?[)\]}] ?| dot | \. ?/g
const domain =
  /[\p{L}\p{M}\p{N}-]+(?:(?: ?[([{] ?(?:dot|punkt|punto|point) ?[)\]}] ?| dot | \. ?|\.)[\p{L}\p{M}\p{N}-]+)+/uy

export function findMails({ text, from, to }: Folded, fakes: Fakes): Span[] {
  const spans: Span[] = []
  for (const { 0: at, index } of text.matchAll(sign)) {
    let start = index
    while (start > 0 && local.test(text[start - 1] as string)) start--
    while (text[start] === "'") start++
    domain.lastIndex = index + at.length
    const [host] = domain.exec(text) ?? []
    const top = host?.split('.').at(-1)
    if (host === undefined || start === index || !/\p{L}/u.test(top as string)) continue
    const last = index + at.length + host.length - 1
    const plain = `${text.slice(start, index)}@${host.replace(dot, '.')}`
    spans.push({ from: from[start] as number, to: to[last] as number, by: fakes.email(plain) })
  }
  return spans
}
