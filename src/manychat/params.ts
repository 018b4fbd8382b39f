import { type Static, type TObject, type TSchema, Type } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import type { ValueError } from '@sinclair/typebox/errors'
import { Value, ValueErrorType } from '@sinclair/typebox/value'
import type { Answer } from '../content/content.ts'

const exact = { additionalProperties: false }
/** One more than the largest id; a double holds it exactly, which compiled checks of bigints need. */
const beyondIds = 10n ** 19n
const largest = Number.MAX_SAFE_INTEGER

/** An id: digits as a string or bigint, up to 19 of them, or a number that has not lost any. */
export const Id = Type.Union(
  [
    Type.String({ pattern: '^(?:0|[1-9]\\d{0,18})$' }),
    Type.Integer({ minimum: 0, maximum: largest }),
    Type.BigInt({ minimum: 0n, exclusiveMaximum: beyondIds }),
  ],
  { description: 'an id of up to 19 digits, as a string, a bigint or a number below 2^53' },
)
export type Id = Static<typeof Id>

/** Like an id; may be negative. */
export const UserRef = Type.Union(
  [
    Type.String({ pattern: '^(?:0|-?[1-9]\\d{0,18})$' }),
    Type.Integer({ minimum: -largest, maximum: largest }),
    Type.BigInt({ exclusiveMinimum: -beyondIds, exclusiveMaximum: beyondIds }),
  ],
  { description: 'a user_ref of up to 19 digits, perhaps negative, as a string, a bigint or a number below 2^53' },
)

/** Every parameter that leaves as bare digits, whatever it came in as. */
export const idNames: ReadonlySet<string> = new Set(['subscriber_id', 'user_ref', 'tag_id', 'field_id', 'template_id'])

export const Text = Type.String({ minLength: 1, description: 'text that is not empty' })
export const Flag = Type.Boolean({ description: 'true or false' })
const Float = Type.Number({ minimum: -largest, maximum: largest })

/** The value of a field. A `Date` leaves as a date-time; `formatFieldValue` makes the other types. */
export const FieldValue = Type.Union([Type.String(), Float, Type.Boolean(), Type.BigInt(), Type.Date()], {
  description: 'text, true, false, a valid Date, or a number below 2^53 (larger: a bigint)',
})
export type FieldValue = Static<typeof FieldValue>

export const FieldType = Type.Union(
  [
    Type.Literal('text'),
    Type.Literal('number'),
    Type.Literal('date'),
    Type.Literal('datetime'),
    Type.Literal('boolean'),
  ],
  { description: 'text, number, date, datetime or boolean' },
)
export type FieldType = Static<typeof FieldType>

/** The value that `findByCustomField` looks for: fields of type text and number only. */
export const SoughtValue = Type.Union([Text, Float, Type.BigInt()], {
  description: 'text that is not empty, or a number below 2^53 (larger: a bigint)',
})

export const maxFields = 20
export const Fields = Type.Array(
  Type.Union(
    [
      Type.Object({ field_id: Id, field_name: Type.Optional(Text), field_value: FieldValue }, exact),
      Type.Object({ field_id: Type.Optional(Type.Undefined()), field_name: Text, field_value: FieldValue }, exact),
    ],
    {
      description:
        'field_id or field_name, and field_value (text, true, false, a valid Date, a bigint or a safe number)',
    },
  ),
  { minItems: 1, maxItems: maxFields, description: `a list of 1 to ${maxFields} fields` },
)

/** A whole v2 answer; its content is checked by the rules of its channel. */
export const Data = Type.Unsafe<Answer>(
  Type.Object(
    { version: Type.Literal('v2', { description: '"v2"' }), content: Type.Unknown() },
    { ...exact, description: 'an object of version and content' },
  ),
)

export function params<P extends Record<string, TSchema>>(properties: P): TObject<P> {
  return Type.Object(properties, exact)
}

/** What is wrong, for a message: places and kinds, never a value. */
export interface Mismatch {
  expected: string
  got: string
}

const checks = new WeakMap<TSchema, TypeCheck<TSchema>>()

/** The first thing that is wrong with the parameters, or undefined. */
export function findMismatch(schema: TSchema, value: unknown): Mismatch | undefined {
  // Compiled when first asked: no program calls every operation, and a start must be quick.
  const check = checks.get(schema) ?? TypeCompiler.Compile(schema)
  checks.set(schema, check)
  if (check.Check(value)) return undefined
  const [error] = Value.Errors(schema, value)
  return error ? describe(error) : { expected: 'parameters', got: 'others' }
}

function describe({ type, path, schema, value }: ValueError): Mismatch {
  if (type === ValueErrorType.ObjectAdditionalProperties) {
    const key = path.slice(path.lastIndexOf('/') + 1)
    return { expected: `one of ${Object.keys(schema.properties).join(', ')}`, got: `"${key.slice(0, 40)}"` }
  }
  const expected = schema.description ?? 'an object of parameters'
  return { expected: path === '' ? expected : `at ${path} ${expected}`, got: describeKind(value) }
}

/** The kind of a value, never the value: it may be what a contact wrote. */
export function describeKind(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return value === '' ? 'empty text' : 'other text'
  if (typeof value === 'number') return Math.abs(value) > largest ? 'a number too large to be exact' : 'another number'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date'
  if (Array.isArray(value)) return `a list of ${value.length}`
  return typeof value === 'object' ? 'another object' : `a ${typeof value}`
}
