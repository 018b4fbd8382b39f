/** The tags, fields, topics and growth tools of a page. */
import type { StoredValue } from '../../manychat/custom-fields.ts'
import type { FieldType } from '../../manychat/params.ts'
import { invalid } from './failure.ts'
import type { BotField, CustomField, GrowthTool, OtnTopic, Tag } from './swagger.ts'

/** Identifies a field, by id or by name. */
export interface FieldKey {
  field_id?: unknown
  field_name?: unknown
}

interface NamedThing {
  id: number
  name: string
}

export type Account = ReturnType<typeof createAccount>

/**
 * One page. Naming a tag or custom field creates it, so that nothing has to be set up before a first try. Names of fields
 * are equal in any letter case.
 */
export function createAccount() {
  const tags: Tag[] = []
  const fields: CustomField[] = []
  const botFields: BotField[] = []
  const otnTopics: OtnTopic[] = []
  const growthTools: GrowthTool[] = []
  let lastId = 0
  return {
    tags,
    fields,
    botFields,
    otnTopics,
    growthTools,
    createTag,
    tagNamed,
    tagOf,
    removeTag,
    createField,
    fieldNamed,
    fieldOf,
    createBotField,
    botFieldOf,
    createOtnTopic,
    createGrowthTool,
  }

  /** @throws Refusal when the page has the tag */
  function createTag(name: string): Tag {
    refuseTaken(
      tags.some(tag => tag.name === name),
      'Tag',
    )
    return tagNamed(name)
  }

  function tagNamed(name: string): Tag {
    return tags.find(tag => tag.name === name) ?? add(tags, { id: ++lastId, name })
  }

  /** @throws Refusal when the tag doesn't exist */
  function tagOf({ tag_id, tag_name }: { tag_id?: unknown; tag_name?: unknown }): Tag {
    return require(tag_id === undefined ? tags.find(({ name }) => name === tag_name) : withId(tags, tag_id), 'Tag')
  }

  function removeTag(tag: Tag): void {
    tags.splice(tags.indexOf(tag), 1)
  }

  /** @throws Refusal when the page has a field of this name */
  function createField(name: string, type: FieldType, description = ''): CustomField {
    refuseTaken(named(fields, name) !== undefined, 'Field')
    return add(fields, { id: ++lastId, name, type, description })
  }

  /** Creates a missing field with the type of the value. */
  function fieldNamed(name: string, value: unknown): CustomField {
    const type =
      typeof value === 'number' || typeof value === 'boolean' ? (typeof value as 'number' | 'boolean') : 'text'
    return named(fields, name) ?? createField(name, type)
  }

  /** @throws Refusal when no field has this id */
  function fieldOf({ field_id, field_name }: FieldKey, value: unknown): CustomField {
    return typeof field_name === 'string' ? fieldNamed(field_name, value) : require(withId(fields, field_id), 'Field')
  }

  /** @throws Refusal when the page has a bot field of this name */
  function createBotField(name: string, type: FieldType, description = '', value: StoredValue = null): BotField {
    refuseTaken(named(botFields, name) !== undefined, 'Bot field')
    return add(botFields, { id: ++lastId, name, type, description, value })
  }

  /** @throws Refusal when the bot field doesn't exist */
  function botFieldOf({ field_id, field_name }: FieldKey): BotField {
    const found = field_id === undefined ? named(botFields, String(field_name)) : withId(botFields, field_id)
    return require(found, 'Bot field')
  }

  function createOtnTopic(name: string, description = ''): OtnTopic {
    return add(otnTopics, { id: ++lastId, name, description })
  }

  function createGrowthTool(name: string, type = 'ref_url'): GrowthTool {
    return add(growthTools, { id: ++lastId, name, type })
  }
}

export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function add<T>(things: T[], thing: T): T {
  things.push(thing)
  return thing
}

/** Ids arrive as numbers or as strings of digits. */
function withId<T extends NamedThing>(things: T[], id: unknown): T | undefined {
  return things.find(thing => String(thing.id) === String(id))
}

function named<T extends NamedThing>(things: T[], name: string): T | undefined {
  return things.find(thing => isSameName(thing.name, name))
}

function require<T>(thing: T | undefined, what: string): T {
  if (thing === undefined) throw invalid(`${what} does not exist`)
  return thing
}

function refuseTaken(isTaken: boolean, what: string): void {
  if (isTaken) throw invalid(`${what} with this name already exists`)
}
