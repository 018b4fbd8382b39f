import type { TSchema } from '@sinclair/typebox'
import { Content } from './content.ts'

/** A JSON Schema as plain data. */
type Json = Record<string, unknown>

/**
 * The JSON Schema (draft 2020-12) of a file of v2 content, for editors and other programs. The file holds a whole answer,
 * `{ version, content }`, or the content alone, and may name its schema in `$schema`. The schema has the rules of all
 * channels; those of a single channel are up to `inspectContent`.
 *
 * @param id the URL at which the schema is served
 */
export function contentSchema(id: string): Json {
  const $defs: Record<string, Json> = {}
  const content = publish(Content, $defs)
  const { title: _title, properties, ...rest } = $defs.Content as { title: string; properties: Json }
  const $schema = { type: 'string', description: 'The address of this schema.' }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: id,
    title: 'ManyChat v2 content',
    description: 'What a Dynamic Block answers: { "version": "v2", "content": … }, or what is inside "content" alone.',
    type: 'object',
    if: { anyOf: [{ required: ['version'] }, { required: ['content'] }] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      properties: { $schema, version: { const: 'v2' }, content },
      required: ['version', 'content'],
      additionalProperties: false,
    },
    else: { ...rest, properties: { $schema, ...properties } },
    $defs,
  }
}

/** Copies a schema as plain JSON Schema. Schemas with a title move to `$defs`; bigints, which JSON lacks, are left out. */
export function publish({ title, ...schema }: TSchema, $defs: Record<string, Json> = {}): Json {
  const copy: Json = {}
  for (const [key, value] of Object.entries(schema)) copy[key] = publishMember(key, value, $defs)
  if (title === undefined) return copy
  $defs[title] = { title, ...copy }
  return { $ref: `#/$defs/${title}` }
}

function publishMember(key: string, value: unknown, $defs: Record<string, Json>): unknown {
  if (key === 'anyOf') {
    return (value as TSchema[]).filter(({ type }) => type !== 'bigint').map(member => publish(member, $defs))
  }
  if (key === 'items') return publish(value as TSchema, $defs)
  if (key === 'properties' || key === 'patternProperties') {
    const members = Object.entries(value as Record<string, TSchema>)
    return Object.fromEntries(members.map(([name, member]) => [name, publish(member, $defs)]))
  }
  return value
}
