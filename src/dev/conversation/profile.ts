/** The tags and fields that ManyChat stores for a contact. */
import type { Action } from '../../content/action.ts'
import type { FieldValue, Happening, Source } from './event.ts'
import type { Saved } from './state.ts'

/** Changes the profile in the state and records each change. Assumes that every tag and field exists on the page. */
export function createProfile(state: Saved, record: (happening: Happening) => void) {
  return { act, changeTag, changeField }

  function act(actions: Action[], by: Source): void {
    for (const action of actions) {
      if (action.action === 'add_tag') changeTag(action.tag_name, 'added', by)
      else if (action.action === 'remove_tag') changeTag(action.tag_name, 'removed', by)
      else if (action.action === 'unset_field_value') changeField(action.field_name, null, by)
      else changeField(action.field_name, action.value as FieldValue, by)
    }
  }

  function changeTag(name: string, change: 'added' | 'removed', by: Source): void {
    const others = state.tags.filter(tag => tag !== name)
    state.tags = change === 'added' ? [...others, name] : others
    record({ kind: 'tag', name, change, by })
  }

  /** null empties the field. */
  function changeField(name: string, value: FieldValue, by: Source): void {
    state.contact = { ...state.contact, custom_fields: { ...state.contact.custom_fields, [name]: value } }
    record({ kind: 'field', name, value, by })
  }
}
