/** Jobs as the store has them, and back. */
import { createHash, randomUUID } from 'node:crypto'
import type { Insertable, Selectable } from 'kysely'
import { parseWritten, stringifyExact } from '../json/exact-json.ts'
import type { JobsTable } from '../store/tables.ts'
import {
  type Job,
  type JobError,
  type JobOutcome,
  type Lease,
  type Line,
  type NewDelivery,
  type NewRun,
  priorities,
} from './job.ts'

export type JobRow = Selectable<JobsTable>
export type NewRow = Required<Omit<Insertable<JobsTable>, 'id'>>

export const noLease = { lease: null, worker: null } as const
/** Of what is done or cancelled: nobody needs it again, and `body_hash` still tells whether a repeat says the same. */
export const noText = { params: null, call: null } as const

const outcomeOperation = 'outcome'
/** The line of all outcomes. */
export const outcomeLine = lineOf({ page: null, operation: outcomeOperation })

/** @param now the store's time */
export function toDeliveryRow(delivery: NewDelivery, now: number): NewRow {
  const {
    operation,
    params,
    notBefore,
    onUnknown,
    defaultOnUnknown = 'retry',
    priority = priorities.bulk,
    idempotencyKey = null,
  } = delivery
  const { page, addressee, order_key } = orderColumns(delivery)
  const dueAt = Math.max(now, notBefore ?? now)
  const said = { operation, page, addressee, params, notBefore }
  return {
    ...emptyRow(now),
    kind: 'delivery',
    line: lineOf({ page, operation }),
    order_key,
    due_at: dueAt,
    not_before: dueAt,
    // Until its order says that it is the first.
    blocked: order_key === null ? 0 : 1,
    priority,
    urgency: priority,
    page,
    addressee,
    operation,
    params: stringifyExact(params),
    on_unknown: onUnknown ?? defaultOnUnknown,
    idempotency_key: idempotencyKey === null ? null : storable(idempotencyKey),
    body_hash: idempotencyKey === null ? null : hashBody({ ...said, onUnknown: onUnknown ?? 'retry' }),
  }
}

export function toRunRow(run: Omit<NewRun, 'call'> & { call: string | null }, now: number): NewRow {
  const { block, call, idempotencyKey } = run
  return {
    ...emptyRow(now),
    ...orderColumns(run),
    kind: 'run',
    line: runLineOf(block),
    operation: 'sending.sendContent',
    call: call === null ? null : storable(call),
    idempotency_key: storable(idempotencyKey),
  }
}

/** What becomes of a job, to be told. It is nobody's turn but its own: it has no page, and no place in an order. */
export function toOutcomeRow({ id, state, error_code, updated_at }: JobRow): NewRow {
  const outcome: JobOutcome = {
    // Ids of jobs come again after a restore.
    event: `evt_${randomUUID()}`,
    timestamp: new Date(updated_at).toISOString(),
    data: { id: String(id), state, code: state === 'dead' ? error_code : null },
  }
  return {
    ...emptyRow(updated_at),
    kind: 'outcome',
    line: outcomeLine,
    order_key: null,
    page: null,
    addressee: null,
    operation: outcomeOperation,
    priority: priorities.bulk,
    urgency: priorities.bulk,
    params: JSON.stringify(outcome),
  }
}

function emptyRow(now: number) {
  return {
    due_at: now,
    not_before: now,
    blocked: 0,
    priority: priorities.answer,
    urgency: priorities.answer,
    params: null,
    call: null,
    run_id: null,
    on_unknown: 'retry',
    state: 'waiting',
    attempts: 0,
    failures: 0,
    taken_over: 0,
    lease: null,
    worker: null,
    error_code: null,
    error_message: null,
    idempotency_key: null,
    body_hash: null,
    created_at: now,
    updated_at: now,
  } as const
}

export function toJob(row: JobRow): Job {
  return {
    id: String(row.id),
    kind: row.kind,
    block: row.kind === 'run' ? row.line.slice(runLineOf('').length) : null,
    operation: row.operation,
    page: row.page,
    addressee: row.addressee,
    params: row.params === null ? null : (parseWritten(row.params) as Record<string, unknown>),
    call: row.call,
    isLateReply: row.kind === 'run' || row.run_id !== null,
    onUnknown: row.on_unknown,
    idempotencyKey: row.idempotency_key,
    state: row.state,
    notBefore: row.not_before,
    dueAt: row.due_at,
    attempts: row.attempts,
    failures: row.failures,
    lastError: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export function toLease(row: JobRow): Lease {
  return { ...toJob(row), lease: row.lease ?? '', worker: row.worker ?? '', takenOver: row.taken_over === 1 }
}

export function lineOf({ page, operation }: Line): string {
  return `${page ?? ''} ${operation}`
}

/** No page is called so, so no line of deliveries is. */
export function runLineOf(block: string): string {
  return `block ${block}`
}

export function orderColumns({ page, addressee }: Pick<Job, 'page' | 'addressee'>) {
  const stored = { page: page === null ? null : storable(page), addressee: addressee && storable(addressee) }
  return { ...stored, order_key: stored.addressee === null ? null : JSON.stringify([stored.page, stored.addressee]) }
}

export function errorColumns(error: JobError | null) {
  return { error_code: error?.code ?? null, error_message: error ? storable(error.message) : null }
}

/** Whether it has the form of an id; PostgreSQL refuses to compare anything else. */
export function isId(text: string): boolean {
  return /^\d{1,15}$/.test(text)
}

/** PostgreSQL can't store the character 0, nor compare with it. */
export function storable(text: string): string {
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
  if (typeof value === 'bigint' || (Number.isInteger(value) && Math.abs(value as number) >= 1e15)) return String(value)
  if (Array.isArray(value)) return value.map(sortMembers)
  if (typeof value !== 'object' || value === null) return value
  // As pairs: members named by digits would be put in another order, and __proto__ lost.
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, member]) => (member === undefined ? [] : [name, sortMembers(member)]))
    .concat('{}')
}
