/** Compares what was recorded with what is answered now. */
import { escapeKey } from '../../content/document.ts'
import { isAsRecorded } from '../record/fakes.ts'

export interface Difference {
  /** JSON pointer into the file. */
  path: string
  /** Absent: there was nothing. */
  expected?: unknown
  /** Absent: there is nothing. */
  got?: unknown
}

export function compare(recorded: unknown, now: unknown, path: string): Difference[] {
  if (isAsRecorded(recorded, now)) return []
  if (!isObject(recorded) || !isObject(now) || !isAlike(recorded, now)) {
    return [{ path, ...(recorded !== undefined && { expected: recorded }), ...(now !== undefined && { got: now }) }]
  }
  const keys = new Set([...Object.keys(recorded), ...Object.keys(now)])
  return [...keys].flatMap(key => compare(recorded[key], now[key], `${path}/${escapeKey(key)}`))
}

/** Whether it is worth telling apart what is in them. */
function isAlike(recorded: object, now: object): boolean {
  if (Array.isArray(recorded) || Array.isArray(now)) return Array.isArray(recorded) && Array.isArray(now)
  const keys = Object.keys(recorded)
  return keys.length === 0 || keys.some(key => Object.hasOwn(now, key))
}

/** What is answered now, with what the record hides still hidden. */
export function renew(recorded: unknown, now: unknown): unknown {
  if (isAsRecorded(recorded, now)) return recorded
  if (Array.isArray(now))
    return now.map((member, i) => renew(Array.isArray(recorded) ? recorded[i] : undefined, member))
  if (!isObject(now)) return now
  const before = isObject(recorded) ? recorded : {}
  return Object.fromEntries(Object.entries(now).map(([key, member]) => [key, renew(before[key], member)]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
