import type { Generated } from 'kysely'
import type { Installation } from '../manychat/app-keys.ts'
import type { OnUnknown, SendState } from './send.ts'

/** What the store holds. Times are milliseconds since 1970; JSON is text, so that its long numbers stay exact. */
export interface Tables {
  sends: SendsTable
  slots: SlotsTable
  slot_uses: SlotUsesTable
  app_keys: AppKeysTable
  dynablock_migrations: { version: number; applied_at: number }
}

export interface SendsTable {
  id: Generated<number>
  /** Page and operation: what shares a rate, and takes turns with the others. */
  line: string
  /** Page and addressee; null when order doesn't matter. */
  order_key: string | null
  page: string | null
  addressee: string | null
  operation: string
  /** null while a late reply is still being made. */
  params: string | null
  call: string | null
  on_unknown: OnUnknown
  state: SendState
  not_before: number
  attempts: number
  /** Counts the leases: who holds an older one can't change the row. */
  fence: number
  /** 1 once a lease ran out while the call may have been on its way, until a person decides. */
  taken_over: number
  worker: string | null
  lease_until: number | null
  error_code: string | null
  error_message: string | null
  idempotency_key: string | null
  body_hash: string | null
  created_at: number
  updated_at: number
}

/** The line in front of an operation of a page. */
export interface SlotsTable {
  name: string
  next_at: number
  /** When somebody last stood in line; lies ahead only if the clock went back. */
  taken_at: number
  /** As `gapAt` of a `Line`. */
  gap_at: number | null
}

/** Uses of a rate that is counted in a window. */
export interface SlotUsesTable {
  name: string
  at: number
  ends_at: number
}

export interface AppKeysTable extends Installation {
  /** By the store's clock. */
  changed_at: number
}
