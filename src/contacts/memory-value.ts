/** What a block remembers, as text. */
import type { TSchema } from '@sinclair/typebox'
import type { MemoryOptions } from '../blocks/memory.ts'
import { mismatch } from '../calls/state.ts'
import { createError } from '../errors/errors.ts'
import { declaredPath } from '../json/declared-path.ts'
import { parseWritten, stringifyExact } from '../json/exact-json.ts'
import { describeKind } from '../json/mismatch.ts'
import { escapeKey } from '../json/pointer.ts'

/** 64 kB. */
export const maxMemoryBytes = 65_536

/**
 * The text of a value, which reads as the same value.
 *
 * @throws DynablockError `DYN_MEMORY_INVALID`, saying where, but not what is there
 */
export function writeMemory(block: string, schema: TSchema, value: unknown): string {
  const refuse = (expected: string, got: string) => createError('DYN_MEMORY_INVALID', { block, expected, got })
  const foreign = findForeign(value, '', [])
  if (foreign) throw refuse('JSON', `${foreign.kind} at ${declaredPath(schema, foreign.path) || '/'}`)
  const text = stringifyExact(value)
  const wrong = mismatch(schema, parseWritten(text))
  if (wrong) throw refuse('what its schema says', wrong)
  const bytes = Buffer.byteLength(text)
  if (bytes > maxMemoryBytes) throw refuse(`at most ${maxMemoryBytes} bytes of JSON`, `${bytes}`)
  return text
}

/**
 * Reads what `writeMemory` wrote, perhaps by an earlier version of the block: then it is migrated, or undefined.
 *
 * @throws DynablockError `DYN_MEMORY_INVALID` when what `migrate` returns isn't what the schema says
 */
export async function readMemory(block: string, { schema, migrate }: MemoryOptions, text: string): Promise<unknown> {
  const value = parseWritten(text)
  if (mismatch(schema, value) === undefined) return value
  const migrated = await migrate?.(value)
  return migrated === undefined ? undefined : parseWritten(writeMemory(block, schema, migrated))
}

/** The first part that JSON has no form for, or would change. An undefined member is no member. */
function findForeign(value: unknown, path: string, within: readonly object[]): { path: string; kind: string } | null {
  if (typeof value === 'number' && !Number.isFinite(value)) return { path, kind: 'no finite number' }
  if (value === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof value)) return null
  if (typeof value !== 'object') return { path, kind: describeKind(value) }
  if (within.includes(value)) return { path, kind: 'an object that contains itself' }
  const members = Array.isArray(value) ? [...value].entries() : isPlain(value) ? Object.entries(value) : null
  if (!members) return { path, kind: describeKind(value) }
  for (const [name, member] of members) {
    if (member === undefined && !Array.isArray(value)) continue
    const found = findForeign(member, `${path}/${escapeKey(String(name))}`, [...within, value])
    if (found) return found
  }
  return null
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
