/** Finds names in the source of a block, as far as they are written there: it is read, and not run. */
import { type Token, tokenize } from './tokens.ts'
import type { FieldLiteral, Kind, Uses } from './uses.ts'

/** The makers that name something, and which of their arguments does. */
const makers: Readonly<Record<string, { kind: Kind; place: number }>> = {
  addTag: { kind: 'tag', place: 0 },
  removeTag: { kind: 'tag', place: 0 },
  setField: { kind: 'field', place: 0 },
  unsetField: { kind: 'field', place: 0 },
  flowButton: { kind: 'flow', place: 1 },
  flowReply: { kind: 'flow', place: 1 },
}
/** The same on the wire, and in calls of the Public API. */
const members: Readonly<Record<string, Kind>> = { tag_name: 'tag', field_name: 'field', flow_ns: 'flow' }
/** How ManyChat names its flows: a text of that form is one, wherever it stands. */
const flowId = /^content\d{8,}_\d+$/
/** Operations whose field is one that all contacts share, or which make what they name. */
const otherNames = /BotField|createTag|createCustomField/

export function readSource(file: string, source: string): Uses {
  const tokens = tokenize(source)
  const constants = readConstants(tokens)
  const found: Uses = { uses: [], unread: [] }
  const calls: string[] = []
  for (const [at, { kind: sort, value, line }] of tokens.entries()) {
    if (value === '(' && sort === 'mark') calls.push(tokens[at - 1]?.value ?? '')
    if (value === ')' && sort === 'mark') calls.pop()
    if (value === null) continue
    if (sort === 'text' && flowId.test(value)) found.uses.push({ kind: 'flow', name: value, file, line })
    const maker = sort === 'word' && Object.hasOwn(makers, value) && isCall(tokens, at) ? makers[value] : undefined
    if (maker) readMaker(maker, readArguments(tokens, at + 2), line)
    const member = sort !== 'mark' && Object.hasOwn(members, value) ? members[value] : undefined
    if (member && tokens[at + 1]?.value === ':' && !otherNames.test(calls.at(-1) ?? ''))
      readMember(member, at + 2, line)
  }
  return found

  function readMaker({ kind, place }: { kind: Kind; place: number }, given: Token[][], line: number): void {
    const name = textOf(given[place])
    const value = kind === 'field' ? literalOf(given[place + 1]) : undefined
    if (name === undefined) found.unread.push({ kind, file, line })
    else found.uses.push({ kind, name, file, line, ...(value !== undefined && { value }) })
  }

  /** What isn't a text here may as well be a type. */
  function readMember(kind: Kind, at: number, line: number): void {
    const name = textOf(tokens.slice(at, at + 1))
    if (name !== undefined) found.uses.push({ kind, name, file, line })
  }

  function textOf(given: Token[] = []): string | undefined {
    const [token, ...others] = given
    if (!token || others.length > 0 || token.value === null) return undefined
    return token.kind === 'text' ? token.value : constants.get(token.value)
  }

  function literalOf(given: Token[] = []): FieldLiteral | undefined {
    const [first, second] = given.map(({ value }) => value)
    if (first === 'new' && second === 'Date') return new Date(0)
    const text = textOf(given)
    if (text !== undefined) return text
    const words = given.map(({ value }) => value).join('')
    if (words === 'true' || words === 'false') return words === 'true'
    return /^-?\d[\d_]*(?:\.\d+)?n?$/.test(words) ? Number(words.replace(/[_n]/g, '')) : undefined
  }
}

/** Neither a definition nor a method of something else, like `manychat.subscriber.addTag(…)`. */
function isCall(tokens: Token[], at: number): boolean {
  const before = tokens[at - 1]?.value
  return tokens[at + 1]?.value === '(' && before !== '.' && before !== 'function'
}

/** The arguments from behind the bracket on. */
function readArguments(tokens: Token[], from: number): Token[][] {
  const given: Token[][] = [[]]
  for (let at = from, depth = 0; at < tokens.length && depth >= 0; at++) {
    const token = tokens[at] as Token
    const sign = token.kind === 'mark' ? (token.value as string) : ''
    if ('([{'.includes(sign) && sign !== '') depth++
    if (')]}'.includes(sign) && sign !== '') depth--
    if (depth === 0 && sign === ',') given.push([])
    else if (depth >= 0) given.at(-1)?.push(token)
  }
  return given
}

/** `const name = 'text'` of this file. */
function readConstants(tokens: Token[]): Map<string, string> {
  const constants = new Map<string, string>()
  for (const [at, { value }] of tokens.entries()) {
    const [name, equals, text, next] = tokens.slice(at + 1, at + 5)
    if (value !== 'const' || equals?.value !== '=' || text?.kind !== 'text' || text.value === null) continue
    // What goes on, as in 'a' + b, is more than the text.
    if (name?.value && (next?.kind !== 'mark' || next.value === ';')) constants.set(name.value, text.value)
  }
  return constants
}
