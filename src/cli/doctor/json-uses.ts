/** Finds the tags, fields and flows that a JSON block names. */
import { isTemplate } from '../../blocks/template.ts'
import { parseBigints } from '../../json/exact-json.ts'
import { positionOf } from '../../json/json-position.ts'
import { escapeKey } from '../../json/pointer.ts'
import type { FieldLiteral, Kind, Uses } from './uses.ts'

export function readJsonUses(file: string, text: string): Uses {
  const found: Uses = { uses: [], unread: [] }
  visit(parseBigints(text), '')
  return found

  function visit(value: unknown, path: string): void {
    if (typeof value !== 'object' || value === null) return
    const { type, target, tag_name, field_name, value: given } = value as Record<string, unknown>
    if (type === 'flow') add('flow', target, `${path}/target`)
    add('tag', tag_name, `${path}/tag_name`)
    add('field', field_name, `${path}/field_name`, readLiteral(given))
    for (const [key, member] of Object.entries(value)) visit(member, `${path}/${escapeKey(key)}`)
  }

  function add(kind: Kind, name: unknown, path: string, value?: FieldLiteral): void {
    if (typeof name !== 'string') return
    const { line } = positionOf(text, path)
    if (isTemplate(name)) found.unread.push({ kind, file, line })
    else found.uses.push({ kind, name, file, line, ...(value !== undefined && { value }) })
  }
}

function readLiteral(value: unknown): FieldLiteral | undefined {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string') return isTemplate(value) ? undefined : value
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined
}
