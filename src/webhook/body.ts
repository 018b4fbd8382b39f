import type { FastifyInstance } from 'fastify'
import { createError, DynablockError } from '../errors/errors.ts'
import { describeBroken, readJson } from '../json/exact-json.ts'

/** Deeper than any contact or order; a deeper body is an attack on the code that walks it. */
const maxDepth = 32
const unrendered = /^\{\{[^{}]*\}\}$/

/** Accepts JSON under any Content-Type, as many people who set up a Dynamic Block by hand give none. */
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
        if (!isBroken || claimed) done(error as Error)
        else done(createError('DYN_MEDIA_TYPE', { got: `another type, and ${describeBroken(body as string)}` }))
      }
    })
  }
}

/**
 * Reads a body. Integers of 16 digits or more become strings of digits, so they stay exact; `""` and variables that
 * ManyChat did not render, like `"{{last_input_text}}"`, become null.
 *
 * @throws DynablockError `DYN_BODY_NOT_JSON` with the position, `DYN_BODY_REFUSED` for nesting deeper than 32 and for keys
 *   that reach an object's prototype
 */
export function readBody(text: string): unknown {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  // For an empty body, the caller should answer what to send rather than where the JSON breaks off.
  return json.trim() === '' ? null : clean(readJson(json), 0)
}

/** Cleans in place, and writes only members that change: few do, and a write costs more than a look. */
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
