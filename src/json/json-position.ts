/** Finds lines and columns in JSON text, for messages that point into a file. */
import { escapeKey } from './pointer.ts'

export interface Position {
  /** Counted from 1, like `column`. */
  line: number
  column: number
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/**
 * The position that a JSON pointer leads to in valid JSON: the key of a member, or an element. If the pointer leads
 * nowhere, the position of its nearest existing parent.
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

/** An object or list being read: its pointer, and the key or index of its next member. */
interface Level {
  pointer: string
  index: number
  key: string | null
  isList: boolean
}

/** The offset of every value, by pointer. Of duplicate keys, the last one wins. */
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
      level.key = escapeKey(JSON.parse(token))
      offsets.set(`${level.pointer}/${level.key}`, offset)
      return
    }
    const pointer = level ? `${level.pointer}/${level.isList ? level.index : level.key}` : ''
    if (level?.isList) offsets.set(pointer, offset)
    if (token === '{' || token === '[') levels.push({ pointer, index: 0, key: null, isList: token === '[' })
  }
}
