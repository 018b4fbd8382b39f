import { stringifyExact } from '../json/exact-json.ts'
import type { Operation } from './operations.ts'
import { idNames } from './params.ts'

/** A request as sent over the wire. */
export interface Request {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  /** JSON; absent when the URL says it all. */
  body?: string
}

/** Writes the parameters of an operation as ManyChat expects them: ids as bare digits, dates with their offset. */
export function buildRequest({ method, path }: Operation, params: object, baseUrl: string): Request {
  const fields = Object.entries(params).filter(([, value]) => value !== undefined)
  if (method === 'POST') {
    const body = stringifyExact(Object.fromEntries(fields.map(([name, value]) => [name, toWire(name, value)])))
    return { method, url: `${baseUrl}${path}`, body }
  }
  const query = fields.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
  return { method, url: `${baseUrl}${path}${query && `?${query}`}` }
}

function toWire(name: string, value: unknown): unknown {
  if (idNames.has(name) && value !== undefined) return JSON.rawJSON(`${value}`)
  if (value instanceof Date) return value.toISOString().replace(/\.\d+Z$/, '+00:00')
  if (name !== 'fields') return value
  return (value as object[]).map(field =>
    Object.fromEntries(Object.entries(field).map(([key, member]) => [key, toWire(key, member)])),
  )
}
