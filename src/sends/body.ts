/** Reads the bodies of `/sends`. Unlike those of ManyChat they are taken as they are: empty text is empty text. */
import { createError } from '../errors/errors.ts'
import { parseWritten, readJson as readAny } from '../json/exact-json.ts'

/** Deeper than any content; what goes deeper is an attack on whoever walks it. */
const maxDepth = 32

/**
 * Parses JSON; integers that a number can't hold become bigints, exact.
 *
 * @throws DynablockError `DYN_BODY_NOT_JSON` with the position, `DYN_BODY_REFUSED`
 */
export function readJson(text: string): unknown {
  const value = readAny(text, parseWritten)
  refuseTricks(value, 0)
  return value
}

function refuseTricks(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth === maxDepth) throw createError('DYN_BODY_REFUSED', { got: `nesting deeper than ${maxDepth}` })
  if (Object.hasOwn(value, '__proto__')) throw createError('DYN_BODY_REFUSED', { got: 'the key "__proto__"' })
  for (const member of Object.values(value)) refuseTricks(member, depth + 1)
}

/** One line of a body; null where it is longer than may be. */
export interface BodyLine {
  /** From 1, blank lines counted. */
  number: number
  text: string | null
}

/** The lines of a body as they arrive, blank ones left out; never holds more than one, up to `maxLineBytes`. */
export async function* readLines(body: AsyncIterable<Buffer>, maxLineBytes: number): AsyncGenerator<BodyLine> {
  let parts: Buffer[] = []
  let length = 0
  let number = 0
  for await (const chunk of body) {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      // Megabytes of blank lines hold up nothing else.
      if (end === from && length === 0) number++
      else {
        hold(chunk.subarray(from, end))
        yield* take()
      }
      from = end + 1
    }
    hold(chunk.subarray(from))
  }
  yield* take()

  function hold(part: Buffer): void {
    length += part.length
    if (length > maxLineBytes) parts = []
    else parts.push(part)
  }

  function* take(): Generator<BodyLine> {
    number++
    const text = length > maxLineBytes ? null : Buffer.concat(parts).toString()
    parts = []
    length = 0
    if (text === null || text.trim() !== '') yield { number, text }
  }
}
