/** Tells what about the shape of content is wrong. Slow and wordy: only what failed its check comes here. */
import type { TObject, TSchema, TUnion } from '@sinclair/typebox'
import type { ValueError } from '@sinclair/typebox/errors'
import { Value, ValueErrorType } from '@sinclair/typebox/value'
import { closest, distance } from 'fastest-levenshtein'
import { createProblem, maxProblems, type Problem, type Rule } from './problem.ts'

/** The problems of a value that is not of the schema, each with its pointer below `base`. */
export function explainShape(schema: TSchema, value: unknown, base = ''): Problem[] {
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const error of Value.Errors(schema, value)) {
    if (problems.length >= maxProblems) break
    // A missing member is reported twice, as missing and as undefined.
    if (seen.has(error.path)) continue
    seen.add(error.path)
    problems.push(...explainError(error, base))
  }
  return problems.slice(0, maxProblems)
}

function explainError(error: ValueError, base: string): Problem[] {
  const path = base + error.path
  const limit = limitRule(error)
  if (limit) return [createProblem(path, limit.rule, limit.expected, limit.got)]
  if (error.type === ValueErrorType.Union) return explainUnion(error.schema as TUnion, error.value, path)
  if (error.type === ValueErrorType.ObjectRequiredProperty) {
    return [createProblem(path, 'required', describeSchema(error.schema), 'nothing')]
  }
  if (error.type === ValueErrorType.ObjectAdditionalProperties) return [explainUnknownKey(error, path)]
  return [createProblem(path, 'value', describeSchema(error.schema), describeValue(error.value))]
}

/** A union is told apart by `type` or `action`; the member that was meant says what is wrong with it. */
function explainUnion(union: TUnion, value: unknown, path: string): Problem[] {
  const tag = union.anyOf.some(member => 'action' in (member.properties ?? {})) ? 'action' : 'type'
  const members = union.anyOf.filter((member): member is TObject => tag in (member.properties ?? {}))
  if (members.length === 0) return [createProblem(path, 'value', describeSchema(union), describeValue(value))]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [createProblem(path, 'value', `an object with "${tag}"`, describeValue(value))]
  }
  const given = (value as Record<string, unknown>)[tag]
  const meant = members.find(member => member.properties[tag]?.const === given)
  if (meant) return explainShape(meant, value, path)
  const names = members.map(member => String(member.properties[tag]?.const))
  if (given === undefined) return [createProblem(`${path}/${tag}`, 'required', `one of ${names.join(', ')}`, 'nothing')]
  const isName = typeof given === 'string' && /^[\w-]{1,40}$/.test(given)
  const [got, meaning] = isName ? [`"${given}"`, hint(given, names)] : [describeValue(given)]
  return [createProblem(`${path}/${tag}`, 'unknown-type', `one of ${names.join(', ')}`, got, meaning)]
}

function explainUnknownKey(error: ValueError, path: string): Problem {
  const known = Object.keys((error.schema as TObject).properties)
  const key = path
    .slice(path.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~')
    .slice(0, 40)
  if (key === 'actions' && known.includes('caption')) {
    return createProblem(path, 'button-actions', 'no actions on a button of this type', 'some')
  }
  return createProblem(path, 'unknown-key', `one of ${known.join(', ')}`, `"${key}"`, hint(key, known))
}

function hint(given: string, known: string[]): string {
  const nearest = closest(given, known)
  return distance(given, nearest) <= Math.max(2, nearest.length / 3) ? `Did you mean "${nearest}"? ` : ''
}

/** The limits that ManyChat names have rules of their own, so that a reader finds them in its documentation. */
function limitRule({
  type,
  path,
  schema,
  value,
}: ValueError): { rule: Rule; expected: string; got: string } | undefined {
  const key = path.slice(path.lastIndexOf('/') + 1)
  if (type === ValueErrorType.ArrayMaxItems) {
    const rules: Record<string, Rule> = {
      messages: 'max-messages',
      quick_replies: 'max-quick-replies',
      actions: 'max-actions',
      elements: 'max-cards',
    }
    const rule = rules[key]
    return rule && { rule, expected: `at most ${schema.maxItems} ${key}`, got: String((value as unknown[]).length) }
  }
  if (type === ValueErrorType.ArrayMinItems) return { rule: 'min-cards', expected: 'at least 1 card', got: '0' }
  if (type === ValueErrorType.StringPattern && key === 'url') {
    return { rule: 'https-callback', expected: 'an https:// address', got: describeAddress(String(value)) }
  }
  if (schema.type === 'integer' && key === 'timeout' && typeof value === 'number') {
    return {
      rule: 'callback-timeout',
      expected: `a whole number from 1 to ${schema.maximum}`,
      got: String(value),
    }
  }
  return undefined
}

/** Names the kind of an address, where it is a usual one, and nothing else: the rest may hold a secret. */
export function describeAddress(address: string): string {
  const scheme = /^(https?|wss?|ftp|file|data|blob|mailto|tel|sms|javascript):/i.exec(address)?.[1]
  return scheme ? `one of ${scheme.toLowerCase()}:` : 'another'
}

function describeSchema(schema: TSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.anyOf) return (schema as TUnion).anyOf.map(describeSchema).join(' or ')
  if (schema.type === 'string' && schema.minLength === 1) return 'text that is not empty'
  if (schema.type === 'integer') return 'a whole number that is not negative'
  return { string: 'text', array: 'a list', object: 'an object' }[schema.type as string] ?? schema.type
}

/** The kind of a value, never the value: it may be what a contact wrote. */
function describeValue(value: unknown): string {
  if (value === '') return 'empty text'
  if (value === null || value === undefined || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? 'another number' : String(value)
  if (Array.isArray(value)) return 'a list'
  return { string: 'text', object: 'an object', function: 'a function' }[typeof value as string] ?? `a ${typeof value}`
}
