/** Compares recorded answers with those of a replay. */
import { escapeKey } from '../../json/pointer.ts'
import { isAsRecorded } from '../record/fakes.ts'

export interface Difference {
  /** JSON pointer into the file. */
  path: string
  /** Absent: nothing was recorded. */
  expected?: unknown
  /** Absent: nothing was answered. */
  got?: unknown
}

export function compare(recorded: unknown, now: unknown, path: string): Difference[] {
  if (isAsRecorded(recorded, now)) return []
  if (!hasMembers(recorded) || !hasMembers(now) || !isAlike(recorded, now)) {
    return [{ path, ...(recorded !== undefined && { expected: recorded }), ...(now !== undefined && { got: now }) }]
  }
  const keys = new Set([...Object.keys(recorded), ...Object.keys(now)])
  return [...keys].flatMap(key => compare(recorded[key], now[key], `${path}/${escapeKey(key)}`))
}

/** Whether to compare the members: two arrays, or two objects with a key in common. */
function isAlike(recorded: object, now: object): boolean {
  if (Array.isArray(recorded) || Array.isArray(now)) return Array.isArray(recorded) && Array.isArray(now)
  const keys = Object.keys(recorded)
  return keys.length === 0 || keys.some(key => Object.hasOwn(now, key))
}

/** The replayed answer, with values that the recording masked still masked. */
export function renew(recorded: unknown, now: unknown): unknown {
  if (isAsRecorded(recorded, now)) return recorded
  if (Array.isArray(now))
    return now.map((member, i) => renew(Array.isArray(recorded) ? recorded[i] : undefined, member))
  if (!hasMembers(now)) return now
  const before = hasMembers(recorded) ? recorded : {}
  return Object.fromEntries(Object.entries(now).map(([key, member]) => [key, renew(before[key], member)]))
}

/** An object or a list. */
function hasMembers(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
