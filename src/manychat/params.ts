import { type Static, type TObject, type TSchema, Type } from '@sinclair/typebox'
import type { Answer } from '../content/content.ts'

const exact = { additionalProperties: false }
/** One more than the largest id. A double holds it exactly, which TypeBox's compiled checks of bigints need. */
const beyondIds = 10n ** 19n
const largest = Number.MAX_SAFE_INTEGER

/** An id of up to 19 digits, as a string or a bigint, or as a number that is still exact. */
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

/** The parameters that are sent as bare digits, in whatever form they were passed. */
export const idNames: ReadonlySet<string> = new Set(['subscriber_id', 'user_ref', 'tag_id', 'field_id', 'template_id'])

export const Text = Type.String({ minLength: 1, description: 'text that is not empty' })
export const Flag = Type.Boolean({ description: 'true or false' })
const Float = Type.Number({ minimum: -largest, maximum: largest })

/** The value of a field. A `Date` is sent as a date-time; for the other types, use `formatFieldValue`. */
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

/** The value that `findByCustomField` looks for, in fields of type text and number only. */
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
    // What else stands there is up to the check of the content, which repairs it.
    { description: 'an object of version and content' },
  ),
)

export function params<P extends Record<string, TSchema>>(properties: P): TObject<P> {
  return Type.Object(properties, exact)
}
