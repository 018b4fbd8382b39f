import { type Static, Type } from '@sinclair/typebox'

const exact = { additionalProperties: false }
const TagName = Type.String({ minLength: 1, description: 'A tag that exists in ManyChat.' })
const FieldName = Type.String({ minLength: 1, description: 'A custom field that exists in ManyChat.' })

const AddTag = Type.Object(
  { action: Type.Literal('add_tag'), tag_name: TagName },
  { ...exact, title: 'AddTag', description: 'Gives the contact a tag.' },
)
const RemoveTag = Type.Object(
  { action: Type.Literal('remove_tag'), tag_name: TagName },
  { ...exact, title: 'RemoveTag', description: 'Takes a tag away from the contact.' },
)
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
const UnsetFieldValue = Type.Object(
  { action: Type.Literal('unset_field_value'), field_name: FieldName },
  { ...exact, title: 'UnsetFieldValue', description: 'Clears a custom field of the contact.' },
)

/** What ManyChat does to the contact beside showing messages. The tag or field must exist there already. */
export const Action = Type.Union([AddTag, RemoveTag, SetFieldValue, UnsetFieldValue], { title: 'Action' })
export type Action = Static<typeof Action>

/** The documented limit; it holds for the content and for each button. */
export const maxActions = 5
export const Actions = Type.Array(Action, {
  maxItems: maxActions,
  description: 'What ManyChat does to the contact; at most 5.',
})

/** Gives the contact a tag, which must exist. */
export function addTag(tag_name: string): Action {
  return { action: 'add_tag', tag_name }
}

/** Takes a tag away from the contact. */
export function removeTag(tag_name: string): Action {
  return { action: 'remove_tag', tag_name }
}

/**
 * Sets a custom field, which must exist. The value must be of the field's type: a number, text, a boolean; a date as
 * `'2018-03-25'`; for a date and time give a `Date`, which is written as ISO 8601 in UTC. A bigint is written as bare
 * digits, so that numbers past 2^53 stay exact.
 */
export function setField(field_name: string, value: string | number | boolean | bigint | Date): Action {
  return { action: 'set_field_value', field_name, value: value instanceof Date ? value.toISOString() : value }
}

/** Clears a custom field. */
export function unsetField(field_name: string): Action {
  return { action: 'unset_field_value', field_name }
}
