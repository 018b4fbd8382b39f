/**
 * JSON that keeps long numbers exact. ManyChat's ids have up to 19 digits; from 2^53 on, a JavaScript number silently
 * rounds them, and the reply reaches someone else.
 */
import { parse as parseLossless } from 'lossless-json'
import { createError } from '../errors/errors.ts'

declare global {
  interface JSON {
    /** ECMAScript 2025; missing from TypeScript's library. */
    rawJSON(text: string): object
  }
}

/** ECMAScript 2025 passes the source text of a number; missing from TypeScript's library. */
type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown

const LONG = /\d{16}/
/** A long integer as a member or an element. Text inside a string can look the same. */
const LONG_VALUE = /([:[,]\s*)(-?[1-9]\d{15,})(?=\s*[,\]}])/g
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const LONG_INTEGER = /^-?\d{16,}$/

/**
 * Parses JSON, turning every integer of 16 digits or more into a string of the same digits. Numbers with a fraction or
 * an exponent stay numbers. Takes 1.5 times as long as `JSON.parse` when there are long numbers, otherwise the same.
 *
 * @throws SyntaxError as `JSON.parse` throws it for the original text
 */
export function parseExact(text: string): unknown {
  if (!LONG.test(text)) return JSON.parse(text)
  try {
    const value = JSON.parse(text.replace(LONG_VALUE, '$1"$2"'))
    // A bare number is neither a member nor an element, so it was not quoted.
    if (typeof value !== 'number') return value
  } catch {
    // Quotes added inside a string end that string, and the digits after them never parse. So either a string contains
    // something like a long value, or the text itself is broken.
  }
  JSON.parse(text)
  return JSON.parse(text.replace(STRING_OR_NUMBER, token => (LONG_INTEGER.test(token) ? `"${token}"` : token)))
}

/**
 * Parses JSON as `JSON.parse` does, but an integer past 2^53 becomes a bigint: exact, and distinct from text. Slow: meant
 * for content that people write, not for calls.
 *
 * @throws SyntaxError whose message quotes the text; `brokenAt` gives the position
 */
export function parseBigints(text: string): unknown {
  return parseWith(text, digits => {
    const number = Number(digits)
    return Number.isSafeInteger(number) || !/^-?\d+$/.test(digits) ? number : BigInt(digits)
  })
}

/** Writes JSON. A bigint becomes bare digits: `9007199254740993123n` is written unrounded. */
export function stringifyExact(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return JSON.stringify(value, (_key, member) => (typeof member === 'bigint' ? JSON.rawJSON(`${member}`) : member))
  }
}

/**
 * Reads what `stringifyExact` wrote. Numbers come back as numbers, and integers too long for a number as bigints, so
 * that writing them again gives the same digits.
 *
 * @throws SyntaxError as `JSON.parse` does
 */
export function parseWritten(text: string): unknown {
  if (!LONG.test(text)) return JSON.parse(text)
  const reviver: Reviver = (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source && LONG_INTEGER.test(source)
      ? BigInt(source)
      : value
  return JSON.parse(text, reviver as Parameters<typeof JSON.parse>[1])
}

/** The offset at which JSON stops being valid, in characters from 0; null when it is valid or the parser doesn't say. */
export function brokenAt(text: string): number | null {
  try {
    parseWith(text, Number)
    return null
  } catch (error) {
    const position = /at position (\d+)/.exec((error as Error).message)?.[1]
    return position === undefined ? null : Number(position)
  }
}

/**
 * Reads a body as JSON.
 *
 * @param parse the parser; by default, long integers become strings of digits
 * @throws DynablockError `DYN_BODY_NOT_JSON`, saying at which position it breaks
 */
export function readJson(text: string, parse: (text: string) => unknown = parseExact): unknown {
  try {
    return parse(text)
  } catch {
    // The parser's message quotes the text, which a contact may have written: only the position is passed on.
    throw createError('DYN_BODY_NOT_JSON', { got: describeBroken(text) })
  }
}

export function describeBroken(text: string): string {
  return text.trim() === '' ? 'an empty body' : `text that breaks off at position ${brokenAt(text) ?? 'unknown'}`
}

/** Duplicate keys are accepted as `JSON.parse` accepts them: the last one wins. */
function parseWith(text: string, parseNumber: (digits: string) => unknown): unknown {
  return parseLossless(text, undefined, { parseNumber, onDuplicateKey: ({ newValue }) => newValue })
}
