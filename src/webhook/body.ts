import type { FastifyInstance } from 'fastify'
import { createError, DynablockError } from '../errors.ts'
import { brokenAt, parseExact } from '../exact-json.ts'

/** Deeper than any contact or order; a body that goes deeper is an attack on whoever walks it. */
const maxDepth = 32
const unrendered = /^\{\{[^{}]*\}\}$/

/** Takes JSON whatever its Content-Type says, as many who set up a Dynamic Block by hand give none. */
export function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  for (const type of ['application/json', '*']) {
    app.addContentTypeParser(type, { parseAs: 'string' }, ({ headers }, body, done) => {
      try {
        if ((headers['content-encoding'] ?? 'identity') !== 'identity')
          throw createError('DYN_MEDIA_TYPE', { got: 'a compressed body' })
        done(null, readBody(body as string))
      } catch (error) {
        const claimed = /\bjson\b/i.test(headers['content-type'] ?? 'json')
        const isBroken = error instanceof DynablockError && error.code === 'DYN_BODY_NOT_JSON'
        const got = `another type, and text that breaks off as JSON at position ${brokenAt(body as string) ?? 'unknown'}`
        done(isBroken && !claimed ? createError('DYN_MEDIA_TYPE', { got }) : (error as Error))
      }
    })
  }
}

/**
 * Reads a body: numbers of 16 digits and more become strings of digits, exact; `""` and variables that ManyChat did not
 * render, like `"{{last_input_text}}"`, become null.
 *
 * @throws DynablockError `DYN_BODY_NOT_JSON` with the position, `DYN_BODY_REFUSED` for nesting deeper than 32 and for keys
 *   that reach an object's prototype
 */
export function readBody(text: string): unknown {
  return clean(parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text), 0)
}

function parse(text: string): unknown {
  // Who sends nothing is better told what to send than where it breaks off.
  if (text.trim() === '') return null
  try {
    return parseExact(text)
  } catch {
    // The message of the parser quotes the text, which may be a contact's: only the place of it is told.
    throw createError('DYN_BODY_NOT_JSON', { got: `text that breaks off at position ${brokenAt(text) ?? 'unknown'}` })
  }
}

/** Cleans in place, and writes only what changes: most members don't, and a write costs more than the look. */
function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return isAbsent(value) ? null : value
  if (typeof value !== 'object' || value === null) return value
  if (depth === maxDepth) throw createError('DYN_BODY_REFUSED', { got: `nesting deeper than ${maxDepth}` })
  const members = value as Record<string, unknown>
  for (const key in members) {
    const member = members[key]
    if (typeof member === 'string') {
      if (isAbsent(member)) members[key] = null
    } else if (typeof member === 'object') clean(member, depth + 1)
    if (key === '__proto__' || (key === 'constructor' && reachesPrototype(member))) {
      throw createError('DYN_BODY_REFUSED', { got: `the key "${key}"` })
    }
  }
  return value
}

function isAbsent(text: string): boolean {
  return text === '' || (text.charCodeAt(0) === 123 && unrendered.test(text))
}

function reachesPrototype(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
}
