/**
 * JSON whose long numbers survive. ManyChat's ids have up to 19 digits, and a JavaScript number changes them in silence
 * from 2^53 on, so that the reply reaches somebody else.
 */
import { parse as parseLossless } from 'lossless-json'

declare global {
  interface JSON {
    /** ECMAScript 2025; missing in TypeScript's library. */
    rawJSON(text: string): object
  }
}

const LONG = /\d{16}/
/** A long integer that is a member or an element; inside a string it may look the same. */
const LONG_VALUE = /([:[,]\s*)(-?[1-9]\d{15,})(?=\s*[,\]}])/g
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const LONG_INTEGER = /^-?\d{16,}$/

/**
 * Parses JSON; every integer of 16 digits and more becomes a string of the same digits. Numbers with a fraction or an
 * exponent stay numbers. Costs half as much again as a plain `JSON.parse` when there are long numbers, nothing otherwise.
 *
 * @throws SyntaxError as `JSON.parse` does, for the text as it came
 */
export function parseExact(text: string): unknown {
  if (!LONG.test(text)) return JSON.parse(text)
  try {
    const value = JSON.parse(text.replace(LONG_VALUE, (_, before: string, digits: string) => `${before}"${digits}"`))
    // A number that stands alone is neither member nor element.
    if (typeof value !== 'number') return value
  } catch {
    // Quotes put into a string end it, and digits follow: that never parses. So either a string of the text looks like a
    // value, or the text itself is broken.
  }
  JSON.parse(text)
  return JSON.parse(text.replace(STRING_OR_NUMBER, token => (LONG_INTEGER.test(token) ? `"${token}"` : token)))
}

/**
 * Parses JSON as `JSON.parse` does, but an integer past 2^53 becomes a bigint: it stays exact, and is told from text. Slow:
 * for content that people wrote, not for calls.
 *
 * @throws SyntaxError whose message quotes the text; `brokenAt` tells the place
 */
export function parseBigints(text: string): unknown {
  return parseWith(text, digits => {
    const number = Number(digits)
    return Number.isSafeInteger(number) || !/^-?\d+$/.test(digits) ? number : BigInt(digits)
  })
}

/** Writes JSON; a bigint becomes bare digits, so that `9007199254740993123n` leaves unrounded. */
export function stringifyExact(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return JSON.stringify(value, (_key, member) => (typeof member === 'bigint' ? JSON.rawJSON(`${member}`) : member))
  }
}

/** Where broken JSON breaks, counted in characters from 0; null where that can't be told. */
export function brokenAt(text: string): number | null {
  try {
    parseWith(text, Number)
    return null
  } catch (error) {
    const position = /at position (\d+)/.exec((error as Error).message)?.[1]
    return position === undefined ? null : Number(position)
  }
}

/** A key that comes twice is no reason for JSON.parse to refuse: the second counts. */
function parseWith(text: string, parseNumber: (digits: string) => unknown): unknown {
  return parseLossless(text, undefined, { parseNumber, onDuplicateKey: ({ newValue }) => newValue })
}
