/** Explains why content doesn't match its schema. Slow, so it only runs after the compiled check has failed. */
import type { TObject, TSchema, TUnion } from '@sinclair/typebox'
import type { ValueError } from '@sinclair/typebox/errors'
import { Value, ValueErrorType } from '@sinclair/typebox/value'
import { closest, distance } from 'fastest-levenshtein'
import { isObject } from '../json/object.ts'
import { lastKey } from '../json/pointer.ts'
import { createProblem, maxProblems, type Problem } from './problem.ts'
import type { Rule } from './rules.ts'

export const httpsAddress = 'an https:// address'

/** The names of parts of content in messages. */
const partNames: Readonly<Record<string, string>> = { quick_replies: 'quick replies', elements: 'cards' }

/** The problems of a value that doesn't match the schema; each pointer begins with `base`. */
export function explainShape(schema: TSchema, value: unknown, base = ''): Problem[] {
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const error of Value.Errors(schema, value)) {
    if (problems.length >= maxProblems) break
    // TypeBox reports a missing member twice, as missing and as undefined.
    if (seen.has(error.path)) continue
    seen.add(error.path)
    problems.push(...explainError(error, base))
  }
  return problems.slice(0, maxProblems)
}

function explainError(error: ValueError, base: string): Problem[] {
  const path = base + error.path
  const limit = limitRule(error)
  if (limit) return [createProblem(path, limit.rule, limit)]
  if (error.type === ValueErrorType.Union) return explainUnion(error.schema as TUnion, error.value, path)
  if (error.type === ValueErrorType.ObjectRequiredProperty) {
    return [createProblem(path, 'required', { expected: describeSchema(error.schema), got: 'nothing' })]
  }
  if (error.type === ValueErrorType.ObjectAdditionalProperties) return [explainUnknownKey(error, path)]
  return [explainValue(error.schema, error.value, path)]
}

/** What other platforms call parts of messages. Any other word may be what a contact wrote, and isn't quoted. */
const foreignTypes = new Set(['link', 'gif', 'button', 'web_url', 'postback', 'template', 'carousel', 'quick_reply'])
/** The reference names the type `content` for quick replies, and has no sample of it. */
const flowHint = 'Use "flow", with the id of the flow as its target.'

/** The members of a union differ in `type` or `action`; the value is compared with the member that it names. */
function explainUnion(union: TUnion, value: unknown, path: string): Problem[] {
  const { tag, members } = membersOf(union)
  if (members.length === 0) return [explainValue(union, value, path)]
  if (!isObject(value)) {
    return [createProblem(path, 'value', { expected: `an object with "${tag}"`, got: describeValue(value) })]
  }
  const given = value[tag]
  const meant = memberOf(union, value)
  if (meant) return explainShape(meant, value, path)
  const names = members.map(member => String(member.properties[tag]?.const))
  if (given === undefined) return [createProblem(`${path}/${tag}`, 'required', { names, got: 'nothing' })]
  const hint =
    typeof given !== 'string' ? '' : given === 'content' && names.includes('flow') ? flowHint : nearest(given, names)
  const isWord = hint !== '' || foreignTypes.has(given as string)
  const details = isWord ? { got: `"${given}"`, hint } : { got: describeValue(given, 'other text') }
  return [createProblem(`${path}/${tag}`, 'unknown-type', { names, ...details })]
}

/** Other unknown keys are dropped before, unless there are far too many parts. */
function explainUnknownKey(error: ValueError, path: string): Problem {
  const names = Object.keys((error.schema as TObject).properties)
  const key = lastKey(path).slice(0, 40)
  if (key === 'actions' && names.includes('caption')) return createProblem(path, 'button-actions')
  return createProblem(path, 'value', { expected: `one of ${names.join(', ')}`, got: `"${key}"` })
}

/** The member of a union that a value names. */
export function memberOf(union: TUnion, value: unknown): TObject | undefined {
  const { tag, members } = membersOf(union)
  return isObject(value) ? members.find(member => member.properties[tag]?.const === value[tag]) : undefined
}

function membersOf(union: TUnion): { tag: 'action' | 'type'; members: TObject[] } {
  const tag = union.anyOf.some(member => 'action' in (member.properties ?? {})) ? 'action' : 'type'
  return { tag, members: union.anyOf.filter((member): member is TObject => tag in (member.properties ?? {})) }
}

/** Asks whether the nearest known name was meant, if one is near. */
export function nearest(given: string, known: string[]): string {
  const name = closest(given, known)
  return distance(given, name) <= Math.max(2, name.length / 3) ? `Did you mean "${name}"?` : ''
}

/** Limits that ManyChat documents have rules of their own, so that a reader can look them up there. */
function limitRule({
  type,
  path,
  schema,
  value,
}: ValueError): { rule: Rule; expected: string; got: string } | undefined {
  const key = lastKey(path)
  if (type === ValueErrorType.ArrayMaxItems) {
    const rules: Record<string, Rule> = {
      messages: 'max-messages',
      quick_replies: 'max-quick-replies',
      actions: 'max-actions',
      elements: 'max-cards',
    }
    const rule = rules[key]
    return (
      rule && {
        rule,
        expected: `at most ${schema.maxItems} ${partNames[key] ?? key}`,
        got: String((value as unknown[]).length),
      }
    )
  }
  if (type === ValueErrorType.ArrayMinItems) return { rule: 'min-cards', expected: 'at least 1 card', got: 'none' }
  if (type === ValueErrorType.StringPattern && key === 'url') {
    return { rule: 'https-callback', expected: httpsAddress, got: describeAddress(String(value)) }
  }
  if (schema.type === 'integer' && key === 'timeout' && typeof value === 'number') {
    return {
      rule: 'callback-timeout',
      expected: `a whole number of seconds from 1 to ${schema.maximum}`,
      got: String(value),
    }
  }
  return undefined
}

/** Names the scheme of an address if it is a common one, and nothing else: the rest may hold a secret. */
export function describeAddress(address: string): string {
  const scheme = /^(https?|wss?|ftp|file|data|blob|mailto|tel|sms|javascript):/i.exec(address)?.[1]
  return scheme ? `one that begins with ${scheme.toLowerCase()}:` : 'another'
}

export function describeSchema(schema: TSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.anyOf) {
    const choices = (schema as TUnion).anyOf.map(describeSchema)
    return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
  }
  if (schema.type === 'string' && schema.minLength === 1) return 'text that is not empty'
  if (schema.type === 'integer') return 'a whole number that is not negative'
  const kinds: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    boolean: 'a boolean',
    bigint: 'a bigint',
    array: 'a list',
    object: 'an object',
  }
  return kinds[schema.type] ?? schema.type
}

/** The `got` of a text where the schema allows none; where it allows a different one, `got` is "other text". */
export const misplacedText = 'text'

function explainValue(schema: TSchema, value: unknown, path: string): Problem {
  return createProblem(path, 'value', { expected: describeSchema(schema), got: describeMismatch(schema, value) })
}

/** What came instead of what the schema allows. */
export function describeMismatch(schema: TSchema, value: unknown): string {
  const [text, number] = [takes(schema, 'string') && 'other text', schema.type === 'integer' && 'another number']
  return describeValue(value, text || misplacedText, number || 'a number')
}

function takes(schema: TSchema, type: string): boolean {
  const members: TSchema[] = schema.anyOf ?? [schema]
  return members.some(member => member.type === type)
}

/** The kind of a value, never the value itself: a contact may have written it. */
function describeValue(value: unknown, text = misplacedText, number = 'a number'): string {
  if (value === '' && text !== misplacedText) return 'empty text'
  if (value === null || value === undefined || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? number : String(value)
  if (Array.isArray(value)) return 'a list'
  return { string: text, object: 'an object', function: 'a function' }[typeof value as string] ?? `a ${typeof value}`
}
