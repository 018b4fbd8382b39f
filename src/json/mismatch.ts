/** Checks values that come from outside against a schema, and describes the first mismatch. */
import type { Static, TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import type { ValueError } from '@sinclair/typebox/errors'
import { Value, ValueErrorType } from '@sinclair/typebox/value'
import { lastKey } from './pointer.ts'

/** What is wrong, worded for a message: places and kinds, never a value. */
export interface Mismatch {
  expected: string
  got: string
}

const checks = new WeakMap<TSchema, TypeCheck<TSchema>>()

/** The first mismatch; undefined when the value fits. */
export function findMismatch(schema: TSchema, value: unknown): Mismatch | undefined {
  // Compiled on first use: no program calls every operation, and startup must be quick.
  const check = checks.get(schema) ?? TypeCompiler.Compile(schema)
  checks.set(schema, check)
  if (check.Check(value)) return undefined
  const [error] = Value.Errors(schema, value)
  return error ? describe(error) : { expected: 'parameters', got: 'others' }
}

/**
 * The value, typed by the schema.
 *
 * @throws the error that `refuse` makes of a mismatch
 */
export function readAs<T extends TSchema>(schema: T, value: unknown, refuse: (mismatch: Mismatch) => Error): Static<T> {
  const mismatch = findMismatch(schema, value)
  if (mismatch) throw refuse(mismatch)
  return value as Static<T>
}

function describe({ type, path, schema, value }: ValueError): Mismatch {
  if (type === ValueErrorType.ObjectAdditionalProperties) {
    const key = lastKey(path).slice(0, 40)
    return { expected: `one of ${Object.keys(schema.properties).join(', ')}`, got: `"${key}"` }
  }
  const expected = schema.description ?? 'an object of parameters'
  return { expected: path === '' ? expected : `${expected} at ${path}`, got: describeKind(value) }
}

/** The kind of a value, never the value itself: a contact may have written it. */
export function describeKind(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return value === '' ? 'empty text' : 'other text'
  if (typeof value === 'number')
    return Math.abs(value) > Number.MAX_SAFE_INTEGER ? 'a number too large to be exact' : 'another number'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date'
  if (Array.isArray(value)) return `a list of ${value.length}`
  return typeof value === 'object' ? 'another object' : `a ${typeof value}`
}
