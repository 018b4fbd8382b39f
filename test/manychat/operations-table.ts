import type { TSchema } from '@sinclair/typebox'
import { type Operation, operations } from '../../src/manychat/operations.ts'

/** The table of operations in docs/manychat-api.md. */
export function formatOperations(): string {
  const rows = Object.entries(operations).flatMap(([group, entries]) =>
    Object.entries(entries as Record<string, Operation>).map(([name, operation]) => {
      const { method, rps, writes, params, perSubscriberHour } = operation
      const rate = `${rps ?? '–'}${perSubscriberHour ? `, and ${perSubscriberHour} an hour per subscriber` : ''}`
      return `| \`${group}.${name}\` | ${method} | ${rate} | ${writes ? 'yes' : 'no'} | ${formatParams(params)} |`
    }),
  )
  return ['| operation | method | a second | writes | parameters |', '|---|---|---|---|---|', ...rows].join('\n')
}

function formatParams(schema: TSchema): string {
  if (schema.anyOf) return schema.anyOf.map(formatParams).join(' or ')
  const required: string[] = schema.required ?? []
  const names = Object.keys(schema.properties).filter(name => schema.properties[name].type !== 'undefined')
  return names.map(name => `\`${name}\`${required.includes(name) ? '' : '?'}`).join(', ') || '–'
}
