import type { Generated } from 'kysely'
import type { Installation } from '../manychat/app-keys.ts'

/** What the store holds. Times are milliseconds since 1970; JSON is text, so that its long numbers stay exact. */
export interface Tables {
  jobs: JobsTable
  workers: WorkersTable
  job_counts: JobCountsTable
  slots: SlotsTable
  slot_uses: SlotUsesTable
  app_keys: AppKeysTable
  rooms: RoomsTable
  memories: MemoriesTable
  dynablock_migrations: MigrationsTable
}

/** What the values mean is told by the queue's `Job`. */
export interface JobsTable {
  id: Generated<number>
  kind: 'run' | 'delivery' | 'outcome'
  /** Of a delivery page and operation, which share a rate; of a run its block. Lines take turns. */
  line: string
  /** Page and addressee; null when order doesn't matter. */
  order_key: string | null
  /** With the id, the place in that order. */
  due_at: number
  /** 1 while another job of the order has to go before. */
  blocked: number
  priority: 0 | 1 | 2
  /** The priority; of the first in an order the most urgent one of those behind it. */
  urgency: 0 | 1 | 2
  page: string | null
  addressee: string | null
  operation: string
  /** Both are emptied when the job is done or cancelled: only what may have to be done again keeps its text. */
  params: string | null
  call: string | null
  /** The run that a delivery is the answer of, and whose place it has. */
  run_id: number | null
  on_unknown: 'retry' | 'hold'
  state: 'waiting' | 'running' | 'done' | 'dead' | 'cancelled'
  not_before: number
  attempts: number
  failures: number
  /** 1 once a worker went silent while the call may have been on its way, until a person decides. */
  taken_over: number
  lease: string | null
  worker: string | null
  error_code: string | null
  error_message: string | null
  idempotency_key: string | null
  body_hash: string | null
  created_at: number
  updated_at: number
}

/** Who may hold leases. */
export interface WorkersTable {
  name: string
  /** Grows while it lives. */
  beat: number
  /** By the store's clock: only to forget it some day. */
  seen_at: number
}

export type CountedState = 'unfinished' | 'dead'

/** Changes of the number of jobs, to be added up. */
export interface JobCountsTable {
  id: Generated<number>
  operation: string
  state: CountedState
  n: number
}

/** The line in front of an operation of a page. */
export interface SlotsTable {
  name: string
  next_at: number
  /** When somebody last stood in line; lies ahead only if the clock went back. */
  taken_at: number
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

/** A page and a contact. */
export interface RoomsTable {
  /** Empty where no page is configured. */
  page: string
  contact: string
  /** The id of the call whose turn it is; null when it is nobody's. */
  turn: string | null
  /** Until then nobody else takes the turn. */
  turn_until: number | null
  updated_at: number
}

/** What a block remembers of a contact. */
export interface MemoriesTable {
  page: string
  contact: string
  block: string
  /** Encrypted. */
  value: string
  /** The name of the key that encrypted it. */
  sealed_by: string
  expires_at: number
  updated_at: number
}

export interface MigrationsTable {
  version: number
  applied_at: number
  /** The newest version that a release has to know to use this one; null: this one itself. */
  needs?: number | null
}
