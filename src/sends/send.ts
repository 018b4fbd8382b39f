/** One outbound call that must not be lost, and what may be done with it. */

/**
 * `waiting`: not begun, or to be tried again at `not_before`. `running`: a worker has it under a lease. `done`, `dead` and
 * `cancelled` are final; a dead one can be retried by a person.
 */
export type SendState = 'waiting' | 'running' | 'done' | 'dead' | 'cancelled'

/** What to do when nobody knows whether a call was carried out: perhaps twice, or let a person decide. */
export type OnUnknown = 'retry' | 'hold'

export interface NewSend {
  /** A client's name: `sending.sendContent`, `subscriber.addTag`, `chatfuel.sendBlock`, … */
  operation: string
  /** The page that is called for, or the bot; null when there is only one. */
  page: string | null
  /** Who gets it; sends to one addressee of one page go one at a time, in order. null: no order. */
  addressee: string | null
  /** What the operation is given, with exact ids; null for a late reply whose content is not there yet. */
  params: Record<string, unknown> | null
  /** A late reply only: the call as it was received, so that another process can run it again. */
  call?: Record<string, unknown> | null
  /** Milliseconds since 1970. */
  notBefore?: number
  onUnknown?: OnUnknown
  /** The same key and body again is the same send; another body is an error. */
  idempotencyKey?: string | null
}

/** A late reply that is being made. Its key lets it be found when nobody knows whether the store took it. */
export interface LateReply extends NewSend {
  params: null
  idempotencyKey: string
}

export interface Send extends Required<Omit<NewSend, 'notBefore'>> {
  /** Sorts by the order in which sends were added. */
  id: string
  state: SendState
  notBefore: number
  /** Counts the leases, from 0, less those that were given back without an attempt. The first attempt is 1. */
  attempts: number
  /** The last failure, without message text: code and message of an error of the table. */
  lastError: { code: string; message: string } | null
  createdAt: number
  updatedAt: number
}

/** A send that this worker may work on until `leaseUntil`; whoever has another `fence` can't finish it. */
export interface Lease extends Send {
  fence: number
  leaseUntil: number
  /** A worker had it and went silent: its call may have been carried out. Stays true until a person retries it. */
  takenOver?: boolean
}

/** What shares a rate: one operation of a page. */
export type Line = Pick<Send, 'page' | 'operation'>

export interface ClaimOptions {
  /** Who takes them, for people who look into the store. */
  worker: string
  limit: number
  leaseMs: number
  /** What this worker can't serve now; sends whose worker died are handed out all the same. */
  skip?: readonly Line[]
}

export interface ListOptions {
  state?: SendState
  page?: string
  addressee?: string
  /** Sends before this id, newest first. */
  before?: string
  /** Default 50, at most 500. */
  limit?: number
}

export interface QueueStats {
  /** Those that wait, run or are dead; the others are counted as they end, not here. */
  byState: { operation: string; state: SendState; count: number }[]
  /** How long the oldest send that could go has been waiting; 0 when none is. */
  oldestWaitingSeconds: number
}

/** The durable list of sends, the same on SQLite and PostgreSQL. Every change is on disk before its promise resolves. */
export interface Queue {
  /**
   * Adds sends, all or none.
   *
   * @throws DynablockError `DYN_IDEMPOTENCY_CONFLICT` when a key comes back with another body
   */
  add(sends: NewSend[]): Promise<{ send: Send; existed: boolean }[]>
  /**
   * Adds a late reply that is being made already, under a lease of this worker. Several of one addressee may be made at once;
   * they are delivered in the order in which they were added.
   */
  addRunning(send: LateReply, worker: string, leaseMs: number): Promise<Lease>
  /**
   * Takes a late reply back that nobody was promised, unless it is on its way. One that isn't there stays away: what may
   * still come of an `addRunning` that failed finds its key taken.
   */
  withdraw(send: LateReply): Promise<void>
  /**
   * Takes sends that may go now: due, no earlier one of the same addressee unfinished, also those whose lease ran out. The
   * operations of the pages take turns, so that a page with many doesn't delay another.
   */
  claim(options: ClaimOptions): Promise<Lease[]>
  /** Prolongs a lease; false when it was lost. The same for all that take one. */
  extend(lease: Lease, leaseMs: number): Promise<boolean>
  /**
   * Keeps what a late reply turned out to be. true: it is this lease's turn to deliver it. false: the lease was lost, or
   * earlier ones of the addressee are unfinished, and it waits for its turn to be claimed.
   */
  setParams(lease: Lease, params: Record<string, unknown>): Promise<boolean>
  finish(lease: Lease): Promise<boolean>
  /** Back to waiting. `countsAsAttempt` false for what the platform's limits delay. */
  retryAt(lease: Lease, at: number, error: Send['lastError'], countsAsAttempt: boolean): Promise<boolean>
  bury(lease: Lease, error: NonNullable<Send['lastError']>): Promise<boolean>
  /** Gives back what was not begun, and counts no attempt. */
  release(lease: Lease): Promise<boolean>
  get(id: string): Promise<Send | null>
  list(options: ListOptions): Promise<Send[]>
  /** A dead or held send waits again, from attempt 0; null when there is no such send, false when it is of another state. */
  retry(id: string): Promise<Send | null | false>
  /** Only what waits can be cancelled. */
  cancel(id: string): Promise<Send | null | false>
  /**
   * When a claim would find something, in milliseconds since 1970: the first send that isn't held back is due, or a lease runs
   * out. null when nothing waits.
   */
  nextDueAt(): Promise<number | null>
  /** Deletes what is done or cancelled for 7 days and dead for 30. Says how many. */
  sweep(): Promise<number>
  stats(): Promise<QueueStats>
  /** Calls when this process, or another one on PostgreSQL, added something. */
  onAdded(listener: () => void): () => void
}
