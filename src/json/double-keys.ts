/**
 * Finds keys that occur twice in one object of JSON. Parsers keep the last of them: text that was put into a body without
 * being escaped could so replace what stands before it.
 */
import { createError } from '../errors/errors.ts'

const QUOTE = 34
const SPACE = 32
/** A string, with a colon if it is a key, or the begin or end of an object. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}]/g

/**
 * Costs a parsed body next to nothing: only where more keys may be written than were parsed does it read them.
 *
 * @param json valid JSON
 * @param parsed how many keys there are once it is parsed, over all its objects
 * @throws DynablockError `DYN_BODY_REFUSED` naming a key that occurs twice
 */
export function requireSingleKeys(json: string, parsed: number): void {
  const key = countColons(json) === parsed ? undefined : findDouble(json)
  if (key === undefined) return
  throw createError('DYN_BODY_REFUSED', { got: `the key "${key.slice(0, 40)}" twice in one object` })
}

/** Colons after a quote: one for each key, and those that happen to stand in a text. */
function countColons(json: string): number {
  let count = 0
  for (let at = json.indexOf(':'); at >= 0; at = json.indexOf(':', at + 1)) {
    let before = at - 1
    while (json.charCodeAt(before) <= SPACE) before--
    if (json.charCodeAt(before) === QUOTE) count++
  }
  return count
}

function findDouble(json: string): string | undefined {
  const objects: Set<string>[] = []
  for (const [token, text, colon] of json.matchAll(TOKEN)) {
    if (token === '{') objects.push(new Set())
    else if (token === '}') objects.pop()
    if (text === undefined || colon === undefined) continue
    const key: string = JSON.parse(text)
    const keys = objects.at(-1)
    if (keys?.has(key)) return key
    keys?.add(key)
  }
  return undefined
}
