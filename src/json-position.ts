/** Finds lines and columns in the text of JSON, for messages that point into a file. */

export interface Position {
  /** From 1, like `column`. */
  line: number
  column: number
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/**
 * Where a JSON pointer leads in sound JSON: to the key of a member, to an element, or to what is nearest around something
 * that isn't there.
 */
export function positionOf(text: string, pointer: string): Position {
  const offsets = offsetsOf(text)
  let nearest = pointer
  while (!offsets.has(nearest)) nearest = nearest.slice(0, nearest.lastIndexOf('/'))
  return positionAt(text, offsets.get(nearest) as number)
}

/** The line and column of a character, counted from 0. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

/** An object or list that is being read: where it is, and the key or index of the member that comes next. */
interface Level {
  pointer: string
  index: number
  key: string | null
  isList: boolean
}

/** The offset of every value by its pointer; of two members with one key, the second counts. */
function offsetsOf(text: string): Map<string, number> {
  const offsets = new Map<string, number>([['', text.search(/\S|$/)]])
  const levels: Level[] = []
  for (const { 0: token, index: offset } of text.matchAll(TOKEN)) {
    const level = levels.at(-1)
    if (token === '}' || token === ']') levels.pop()
    else if (token === ',') next(level as Level)
    else if (token !== ':') read(token, offset, level)
  }
  return offsets

  function next(level: Level): void {
    level.index++
    level.key = null
  }

  function read(token: string, offset: number, level: Level | undefined): void {
    if (level && !level.isList && level.key === null) {
      level.key = (JSON.parse(token) as string).replaceAll('~', '~0').replaceAll('/', '~1')
      offsets.set(`${level.pointer}/${level.key}`, offset)
      return
    }
    const pointer = level ? `${level.pointer}/${level.isList ? level.index : level.key}` : ''
    if (level?.isList) offsets.set(pointer, offset)
    if (token === '{' || token === '[') levels.push({ pointer, index: 0, key: null, isList: token === '[' })
  }
}
