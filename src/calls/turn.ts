import type { MemoryOptions } from '../blocks/memory.ts'
import { createError } from '../errors/errors.ts'
import type { Within } from '../queue/job.ts'
import type { CallRecord } from './record.ts'

/**
 * The turn of one call among those of its contact, in a block with memory. It ends with `commit`, with a transaction that
 * `write` was part of, or with `leave`, which keeps nothing.
 */
export interface Turn {
  /** Resolves when it is this call's turn. Rejects when the call's signal aborts, or the store fails. */
  begin(): Promise<void>
  memory(): Promise<unknown>
  remember(value: unknown): Promise<void>
  /** Erases the contact, and goes on with a memory that holds nothing. */
  forget(): Promise<void>
  /** @throws DynablockError `DYN_TURN_LOST`, `DYN_STORE_FAILED` */
  commit(): Promise<void>
  /** Throws `DYN_TURN_LOST`. Once the transaction is stored, `left` is to be called. */
  write: Within
  left(): void
  leave(): void
}

export interface TurnOptions {
  memory: MemoryOptions
  signal: AbortSignal
}

/** What calls need of the contacts' rooms. */
export interface Rooms {
  open(record: CallRecord, options: TurnOptions): Turn
  /** @throws DynablockError `DYN_STORE_FAILED`, `DYN_PAGE_UNKNOWN` */
  forget(record: CallRecord): Promise<void>
}

/** What the verbs of a memory do in a block without one. */
export async function refuseMemory({ block }: CallRecord): Promise<never> {
  throw createError('DYN_MEMORY_MISSING', { block })
}
