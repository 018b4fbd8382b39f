import type { TSchema } from '@sinclair/typebox'

/** A pointer into a value, in which names that the schema doesn't declare are hidden: a contact may have written them. */
export function declaredPath(schema: TSchema, path: string): string {
  const names = new Set(namesIn(schema))
  return path.replace(/[^/]+/g, name => (/^\d{1,3}$/.test(name) || names.has(name) ? name : '…'))
}

function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([keyword, part]) => [
    ...(keyword === 'properties' ? Object.keys(part) : []),
    ...namesIn(part),
  ])
}
