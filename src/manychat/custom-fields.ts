import { createError } from '../errors/errors.ts'
import { describeKind } from '../json/mismatch.ts'
import type { FieldType } from './params.ts'

/** A value as ManyChat stores it. Integers of 16 digits or more come as strings of digits. */
export type StoredValue = string | number | boolean | null

/**
 * Turns custom fields into a map from name to value. The Public API sends a list of `{ id, name, type, value }`, Full
 * Contact Data an object. Entries without a name are left out; anything else gives an empty map.
 *
 * @example
 * const size = readCustomFields(contact.custom_fields).get('Shirt size')
 */
export function readCustomFields(fields: unknown): Map<string, StoredValue> {
  if (typeof fields !== 'object' || fields === null) return new Map()
  if (!Array.isArray(fields)) return new Map(Object.entries(fields))
  return new Map(
    fields.filter(field => typeof field?.name === 'string').map(({ name, value = null }) => [name, value] as const),
  )
}

const calendarDay = /^\d{4}-\d{2}-\d{2}$/
const momentWithOffset = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

const formats: { readonly [T in FieldType]: Format<string | number | boolean | bigint> } = {
  text: ['text or a number below 2^53', formatText],
  number: ['a number below 2^53, a bigint, or digits', formatNumber],
  boolean: ['true or false', formatBoolean],
  date: ['a Date, or a day like 2018-07-18', formatDate],
  datetime: ['a Date, or a date-time with its offset like 2018-07-02T00:00:00+00:00', formatDatetime],
}

/**
 * Formats a value as the Public API expects it for a field of that type: text as a string, number and boolean bare, date
 * as `2018-07-18`, datetime as `2018-07-02T00:00:00+00:00`. A `Date` is read in UTC; text that clearly means a value of
 * the type (`'3.14'`, `'true'`, a date-time with its offset) is converted.
 *
 * Source: ManyChat's help page on the API, under setCustomField.
 *
 * @throws DynablockError `DYN_FIELD_VALUE` when the value doesn't fit the type
 */
export function formatFieldValue(type: FieldType, value: unknown): string | number | boolean | bigint {
  const [expected, format] = formats[type]
  const formatted = format(value)
  if (formatted === undefined) throw createError('DYN_FIELD_VALUE', { type, expected, got: describeKind(value) })
  return formatted
}

type Format<T> = readonly [expected: string, format: (value: unknown) => T | undefined]

function formatText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'bigint' || isExact(value) ? String(value) : undefined
}

function formatNumber(value: unknown): number | bigint | undefined {
  if (typeof value === 'bigint' || isExact(value)) return value
  if (typeof value !== 'string') return undefined
  if (/^-?\d{16,}$/.test(value)) return BigInt(value)
  return /^-?\d+(?:\.\d+)?$/.test(value) && isExact(Number(value)) ? Number(value) : undefined
}

function formatBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  return value === 'true' ? true : value === 'false' ? false : undefined
}

function formatDate(value: unknown): string | undefined {
  if (value instanceof Date) return toIso(value)?.slice(0, 10)
  if (typeof value !== 'string' || !calendarDay.test(value)) return undefined
  // Date would turn the 30th of February into a day in March.
  return toIso(new Date(`${value}T00:00:00Z`))?.startsWith(value) ? value : undefined
}

function formatDatetime(value: unknown): string | undefined {
  if (typeof value === 'string') {
    if (!momentWithOffset.test(value) || formatDate(value.slice(0, 10)) === undefined) return undefined
    return formatDatetime(new Date(value))
  }
  return value instanceof Date ? toIso(value)?.replace(/\.\d+Z$/, '+00:00') : undefined
}

function toIso(date: Date): string | undefined {
  const year = date.getUTCFullYear()
  return year >= 0 && year <= 9999 ? date.toISOString() : undefined
}

function isExact(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER
}
