import { type Static, Type } from '@sinclair/typebox'

const exact = { additionalProperties: false }
const TagName = Type.String({ minLength: 1, description: 'A tag that exists in ManyChat.' })
const FieldName = Type.String({ minLength: 1, description: 'A custom field that exists in ManyChat.' })

const AddTag = Type.Object(
  { action: Type.Literal('add_tag'), tag_name: TagName },
  { ...exact, title: 'AddTag', description: 'Gives the contact a tag.' },
)
// The compiler's messages show an interface without members of its own as what it extends; with one, by its name.
export interface AddTag extends Static<typeof AddTag> {
  action: 'add_tag'
}

const RemoveTag = Type.Object(
  { action: Type.Literal('remove_tag'), tag_name: TagName },
  { ...exact, title: 'RemoveTag', description: 'Takes a tag away from the contact.' },
)
export interface RemoveTag extends Static<typeof RemoveTag> {
  action: 'remove_tag'
}

const SetFieldValue = Type.Object(
  {
    action: Type.Literal('set_field_value'),
    field_name: FieldName,
    value: Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.BigInt()], {
      description:
        'Of the type of the field: text, a number, true or false, a date as "2018-03-25", a date and time as "2018-03-25T13:25:00.000Z".',
    }),
  },
  { ...exact, title: 'SetFieldValue', description: 'Sets a custom field of the contact.' },
)
export interface SetFieldValue extends Static<typeof SetFieldValue> {
  action: 'set_field_value'
}

const UnsetFieldValue = Type.Object(
  { action: Type.Literal('unset_field_value'), field_name: FieldName },
  { ...exact, title: 'UnsetFieldValue', description: 'Clears a custom field of the contact.' },
)
export interface UnsetFieldValue extends Static<typeof UnsetFieldValue> {
  action: 'unset_field_value'
}

/** Something ManyChat does to the contact besides showing messages. The tag or field must already exist there. */
export const Action = Type.Union(
  [
    Type.Unsafe<AddTag>(AddTag),
    Type.Unsafe<RemoveTag>(RemoveTag),
    Type.Unsafe<SetFieldValue>(SetFieldValue),
    Type.Unsafe<UnsetFieldValue>(UnsetFieldValue),
  ],
  { title: 'Action' },
)
export type Action = Static<typeof Action>

/** The documented limit, for the content and for each button. */
export const maxActions = 5
export const Actions = Type.Array(Action, {
  maxItems: maxActions,
  description: 'What ManyChat does to the contact; at most 5.',
})

/** Adds a tag to the contact. The tag must exist. */
export function addTag(tag_name: string): Action {
  return { action: 'add_tag', tag_name }
}

/** Removes a tag from the contact. */
export function removeTag(tag_name: string): Action {
  return { action: 'remove_tag', tag_name }
}

/**
 * Sets a custom field, which must exist. The value must have the field's type: text, a number, a boolean, or a date as
 * `'2018-03-25'`; for a date and time, pass a `Date`, which is written as ISO 8601 in UTC. A bigint is written as bare
 * digits, so numbers past 2^53 stay exact.
 */
export function setField(field_name: string, value: string | number | boolean | bigint | Date): Action {
  return { action: 'set_field_value', field_name, value: value instanceof Date ? value.toISOString() : value }
}

/** Clears a custom field. */
export function unsetField(field_name: string): Action {
  return { action: 'unset_field_value', field_name }
}
