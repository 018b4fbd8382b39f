import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createError, DynablockError } from '../errors/errors.ts'
import { requireSingleKeys } from '../json/double-keys.ts'
import { describeBroken, readJson } from '../json/exact-json.ts'

/** Deeper than any contact or order; a deeper body is an attack on the code that walks it. */
const maxDepth = 32
const unrendered = /\{\{[^{}]*\}\}/

/** Accepts JSON under any Content-Type, as many people who set up a Dynamic Block by hand give none. */
export const anyType: readonly string[] = ['application/json', '*']

export function acceptJson(app: FastifyInstance): void {
  app.acceptText({ types: anyType, parse: readRequest })
}

/** @throws DynablockError as `readBody` does, and `DYN_MEDIA_TYPE` for what neither is meant as JSON nor says so */
export function readRequest(text: string, { headers }: Pick<FastifyRequest, 'headers'>): unknown {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw createError('DYN_MEDIA_TYPE', { got: 'a compressed body' })
  try {
    return readBody(text)
  } catch (error) {
    const claimed = /\bjson\b/i.test(headers['content-type'] ?? 'json') || /^\s*[[{]/.test(text)
    const isBroken = error instanceof DynablockError && error.code === 'DYN_BODY_NOT_JSON'
    if (!isBroken || claimed) throw error
    throw createError('DYN_MEDIA_TYPE', { got: `another type, and ${describeBroken(text)}` })
  }
}

/**
 * Reads a body. Integers of 16 digits or more become strings of digits, so they stay exact; `""` and texts with a
 * variable that ManyChat did not render, like `"{{last_input_text}}"`, become null.
 *
 * @throws DynablockError `DYN_BODY_NOT_JSON` with the position, `DYN_BODY_REFUSED` for nesting deeper than 32, for keys
 *   that reach an object's prototype, and for a key that occurs twice in an object
 */
export function readBody(text: string): unknown {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  // For an empty body, the caller should answer what to send rather than where the JSON breaks off.
  if (json.trim() === '') return null
  const seen = { keys: 0 }
  const value = clean(readJson(json), 0, seen)
  requireSingleKeys(json, seen.keys)
  return value
}

/** Cleans in place, and writes only members that change: few do, and a write costs more than a look. Counts the keys. */
function clean(value: unknown, depth: number, seen: { keys: number }): unknown {
  if (typeof value === 'string') return isAbsent(value) ? null : value
  if (typeof value !== 'object' || value === null) return value
  if (depth === maxDepth) throw createError('DYN_BODY_REFUSED', { got: `nesting deeper than ${maxDepth}` })
  const members = value as Record<string, unknown>
  let keys = 0
  for (const key in members) {
    keys++
    const member = members[key]
    if (typeof member === 'string') {
      if (isAbsent(member)) members[key] = null
    } else if (typeof member === 'object') clean(member, depth + 1, seen)
    if (key === '__proto__' || (key === 'constructor' && reachesPrototype(member))) {
      throw createError('DYN_BODY_REFUSED', { got: `the key "${key}"` })
    }
  }
  if (!Array.isArray(value)) seen.keys += keys
  return value
}

function isAbsent(text: string): boolean {
  return text === '' || (text.includes('{{') && unrendered.test(text))
}

function reachesPrototype(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
}
