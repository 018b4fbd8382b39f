/** The tags, fields and bot fields of a page. */
import type { StoredValue } from '../../manychat/custom-fields.ts'
import type { FieldType } from '../../manychat/params.ts'
import { invalid } from './failure.ts'

export interface NamedThing {
  id: number
  name: string
}

export interface Field extends NamedThing {
  type: FieldType
  description: string
}

export interface BotField extends Field {
  value: StoredValue
}

/** Identifies a field, by id or by name. */
export interface FieldKey {
  field_id?: unknown
  field_name?: unknown
}

export type Account = ReturnType<typeof createAccount>

/** One page. Naming a tag or field creates it, so that nothing has to be set up before a first try. */
export function createAccount() {
  const tags: NamedThing[] = []
  const fields: Field[] = []
  const botFields: BotField[] = []
  let lastId = 0
  return {
    tags,
    fields,
    botFields,
    tagNamed,
    tagOf,
    removeTag,
    createField,
    fieldNamed,
    fieldOf,
    createBotField,
    botFieldOf,
  }

  function tagNamed(name: string): NamedThing {
    return tags.find(tag => tag.name === name) ?? add(tags, { id: ++lastId, name })
  }

  /** @throws Refusal when the tag doesn't exist */
  function tagOf({ tag_id, tag_name }: { tag_id?: unknown; tag_name?: unknown }): NamedThing {
    return require(findThing(tags, tag_id, tag_name), 'Tag')
  }

  function removeTag(tag: NamedThing): void {
    tags.splice(tags.indexOf(tag), 1)
  }

  function createField(name: string, type: FieldType, description = ''): Field {
    return fieldAt(name) ?? add(fields, { id: ++lastId, name, type, description })
  }

  /** Creates a missing field with the type of the value. */
  function fieldNamed(name: string, value: unknown): Field {
    const type =
      typeof value === 'number' || typeof value === 'boolean' ? (typeof value as 'number' | 'boolean') : 'text'
    return createField(name, type)
  }

  /** @throws Refusal when no field has this id */
  function fieldOf({ field_id, field_name }: FieldKey, value: unknown): Field {
    return typeof field_name === 'string'
      ? fieldNamed(field_name, value)
      : require(findThing(fields, field_id), 'Field')
  }

  function createBotField(name: string, type: FieldType, description = '', value: StoredValue = null): BotField {
    return add(botFields, { id: ++lastId, name, type, description, value })
  }

  /** @throws Refusal when the bot field doesn't exist */
  function botFieldOf({ field_id, field_name }: FieldKey): BotField {
    return require(findThing(botFields, field_id, field_name), 'Bot field')
  }

  function fieldAt(name: string): Field | undefined {
    return fields.find(field => field.name === name)
  }
}

function add<T>(things: T[], thing: T): T {
  things.push(thing)
  return thing
}

/** Ids arrive as numbers or as strings of digits. */
function findThing<T extends NamedThing>(things: T[], id: unknown, name?: unknown): T | undefined {
  return things.find(thing => (id === undefined ? thing.name === name : String(thing.id) === String(id)))
}

function require<T>(thing: T | undefined, what: string): T {
  if (thing === undefined) throw invalid(`${what} does not exist`)
  return thing
}
