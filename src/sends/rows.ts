/** Sends as the store has them, and back. */
import { createHash } from 'node:crypto'
import type { Insertable, Selectable } from 'kysely'
import { parseExact, stringifyExact } from '../exact-json.ts'
import type { Line, NewSend, Send } from './send.ts'
import type { SendsTable } from './tables.ts'

export type SendRow = Selectable<SendsTable>
type NewRow = Required<Omit<Insertable<SendsTable>, 'id'>>

/** @param now the store's time */
export function toRow(send: NewSend, now: number): NewRow {
  const { operation, page, params, call = null, notBefore, onUnknown = 'retry', idempotencyKey = null } = send
  const addressee = send.addressee === null ? null : storable(send.addressee)
  return {
    line: lineOf(send),
    order_key: addressee === null ? null : JSON.stringify([page, addressee]),
    page,
    addressee,
    operation,
    params: params && stringifyExact(params),
    call: call && stringifyExact(call),
    on_unknown: onUnknown,
    state: 'waiting',
    not_before: Math.max(now, notBefore ?? now),
    attempts: 0,
    fence: 0,
    taken_over: 0,
    worker: null,
    lease_until: null,
    error_code: null,
    error_message: null,
    idempotency_key: idempotencyKey === null ? null : storable(idempotencyKey),
    body_hash: idempotencyKey === null ? null : hashBody({ operation, page, addressee, params, notBefore, onUnknown }),
    created_at: now,
    updated_at: now,
  }
}

export function toSend(row: SendRow): Send {
  return {
    id: String(row.id),
    operation: row.operation,
    page: row.page,
    addressee: row.addressee,
    params: row.params === null ? null : (parseExact(row.params) as Record<string, unknown>),
    call: row.call === null ? null : (parseExact(row.call) as Record<string, unknown>),
    onUnknown: row.on_unknown,
    idempotencyKey: row.idempotency_key,
    state: row.state,
    notBefore: row.not_before,
    attempts: row.attempts,
    lastError: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export function lineOf({ page, operation }: Line): string {
  return `${page ?? ''} ${operation}`
}

export function errorColumns(error: Send['lastError']) {
  return { error_code: error?.code ?? null, error_message: error ? storable(error.message) : null }
}

/** Whether it has the form of an id; PostgreSQL refuses to compare anything else. */
export function isId(text: string): boolean {
  return /^\d{1,15}$/.test(text)
}

/** PostgreSQL can't store the character 0. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}

/** The same for bodies that say the same, whatever the order of their members. */
function hashBody(body: object): string {
  return createHash('sha256')
    .update(JSON.stringify(sortMembers(body)))
    .digest('base64url')
}

function sortMembers(value: unknown): unknown {
  // An id is the same as bare digits and as text.
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(sortMembers)
  if (typeof value !== 'object' || value === null) return value
  // As pairs: members named by digits would be put in another order, and __proto__ lost.
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, member]) => (member === undefined ? [] : [name, sortMembers(member)]))
    .concat('{}')
}
