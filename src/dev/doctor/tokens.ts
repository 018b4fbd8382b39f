/** The words of a program, as far as names in it can be found: no comments, and strings that are whole. */

export interface Token {
  kind: 'word' | 'text' | 'mark'
  /** Of a text: what it says, or null when it is put together or has escapes. */
  value: string | null
  /** Counts from 1. */
  line: number
}

const piece =
  /(?<skip>\s+|\/\/.*|\/\*[\s\S]*?\*\/)|(?<word>[\p{L}\p{N}_$]+(?:\.\d+)?)|(?<text>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|(?<mark>[\s\S])/uy
/** Where a `/` begins a pattern, and no division. */
const beforePattern = new Set(['(', ',', '=', ':', '[', '!', '&', '|', '?', '{', '}', ';', '>', 'return'])
const pattern = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y

export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  for (let at = 0; at < source.length; ) {
    const end = readPiece(at)
    line += source.slice(at, end).split('\n').length - 1
    at = end
  }
  return tokens

  /** Returns where it ends. */
  function readPiece(at: number): number {
    piece.lastIndex = at
    const { skip, word, text, mark } = piece.exec(source)?.groups ?? {}
    if (skip !== undefined) return at + skip.length
    if (word !== undefined) return add('word', word, at + word.length)
    if (text !== undefined) return add('text', unquote(text), at + text.length)
    if (mark === '`') {
      const end = endOfTemplate(source, at)
      return add('text', unquote(source.slice(at, end)), end)
    }
    if (mark === '/' && beforePattern.has(tokens.at(-1)?.value ?? ';')) {
      pattern.lastIndex = at
      const found = pattern.exec(source)?.[0]
      if (found !== undefined) return add('text', null, at + found.length)
    }
    return add('mark', mark ?? '', at + (mark ?? ' ').length)
  }

  function add(kind: Token['kind'], value: string | null, end: number): number {
    tokens.push({ kind, value, line })
    return end
  }
}

/** What stands between `${` and `}` may hold templates again. */
function endOfTemplate(source: string, start: number): number {
  for (let at = start + 1, depth = 0; at < source.length; at++) {
    const sign = source[at]
    if (sign === '\\') at++
    else if (sign === '`' && depth === 0) return at + 1
    else if (sign === '`') at = endOfTemplate(source, at) - 1
    else if (sign === '$' && source[at + 1] === '{') depth++
    else if (sign === '}' && depth > 0) depth--
  }
  return source.length
}

function unquote(literal: string): string | null {
  const inside = literal.slice(1, -1)
  if (literal.startsWith('`') && inside.includes('${')) return null
  return /\\[^'"`\\]/.test(inside) ? null : inside.replace(/\\(.)/g, '$1')
}
