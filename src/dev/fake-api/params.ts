/** The parameters of a call, from its query or its body, and their checks. */
import type { TSchema } from '@sinclair/typebox'
import { findMismatch, type Mismatch } from '../../json/mismatch.ts'
import { isObject, parseObject } from '../../json/object.ts'
import type { Operation } from '../../manychat/operations.ts'
import { invalid } from './failure.ts'

export type Params = Record<string, unknown>

/**
 * Null parameters are absent.
 *
 * @throws Refusal when the body is no JSON object
 */
export function readParams({ method, path, body }: { method: string; path: string; body: string }): Params {
  if (method === 'GET') return Object.fromEntries(new URL(path, 'http://simulator').searchParams)
  const params = parseObject(body)
  if (!params) throw invalid('The body must be a JSON object')
  const present = withoutNulls(params)
  return Array.isArray(present.fields) ? { ...present, fields: present.fields.map(withoutNulls) } : present
}

/**
 * The parameters that the operation has: ManyChat's Swagger allows others beside them. Content is checked later, for the
 * contact's channel.
 *
 * @throws Refusal
 */
export function checkParams({ params: schema, prepare }: Operation, given: Params): Params {
  const names = namesIn(schema)
  const params = Object.fromEntries(Object.entries(given).filter(([name]) => names.has(name)))
  const mismatch = findMismatch(schema, params)
  if (mismatch) throw invalid(requirement(mismatch))
  if ('data' in params) return params
  const prepared = prepare?.(params, { allowLoopback: true })
  if (prepared && 'expected' in prepared) throw invalid(requirement(prepared))
  return params
}

function namesIn({ properties, anyOf = [] }: TSchema): Set<string> {
  return new Set(Object.keys(properties ?? Object.assign({}, ...anyOf.map((one: TSchema) => one.properties))))
}

function withoutNulls<T>(value: T): T {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)) as T
}

function requirement({ expected, got }: Mismatch): string {
  return `Required: ${expected}; got ${got}`
}
