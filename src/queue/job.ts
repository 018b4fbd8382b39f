/** Work that must not be lost, and what may be done with it. */
import { type Static, Type } from '@sinclair/typebox'
import type { Kysely } from 'kysely'
import type { DynablockError } from '../errors/errors.ts'
import type { Tables } from '../store/tables.ts'

/**
 * `run`: run the handler of a call. `delivery`: one outbound call. A late reply is a run first; what it answers becomes a
 * delivery at its place. `outcome`: tells OUTCOME_URL how one of the others ended.
 */
export const JobKind = Type.Union(
  (['run', 'delivery', 'outcome'] as const).map(kind => Type.Literal(kind)),
  { description: 'run, delivery or outcome' },
)
export type JobKind = Static<typeof JobKind>

/**
 * `waiting`: not begun, or to be tried again at `not_before`. `running`: a worker holds it under a lease. `done`, `dead` and
 * `cancelled` are final; a dead one can be retried by a person.
 */
export const JobState = Type.Union(
  (['waiting', 'running', 'done', 'dead', 'cancelled'] as const).map(state => Type.Literal(state)),
  { description: 'waiting, running, done, dead or cancelled' },
)
export type JobState = Static<typeof JobState>

/** What to do when nobody knows whether a call was carried out: perhaps twice, or let a person decide. */
export const OnUnknown = Type.Union([Type.Literal('retry'), Type.Literal('hold')], { description: 'retry or hold' })
export type OnUnknown = Static<typeof OnUnknown>

/** Within a page's rate: answers, then reminders, then what was sent in bulk. */
export const priorities = { answer: 0, reminder: 1, bulk: 2 } as const
export type Priority = (typeof priorities)[keyof typeof priorities]

interface Addressed {
  /** The page or bot that is called for; null when there is only one. */
  page: string | null
  /** Who gets it; the jobs of one addressee of one page are delivered one at a time, in order. null: no order. */
  addressee: string | null
}

export interface NewDelivery extends Addressed {
  /** A client's name: `sending.sendContent`, `subscriber.addTag`, `chatfuel.sendBlock`, … */
  operation: string
  /** What the operation is given, with exact integers. */
  params: Record<string, unknown>
  /** Milliseconds since 1970. Until then it holds back nothing else. */
  notBefore?: number
  onUnknown?: OnUnknown
  /** For where `onUnknown` is not given; default `retry`. A setting may change it, so no comparison of bodies looks at it. */
  defaultOnUnknown?: OnUnknown
  priority?: Priority
  /** The same key and body again is the same job; another body is an error. */
  idempotencyKey?: string | null
}

/** A late reply whose handler runs already. Its key finds it when nobody knows whether the store took it. */
export interface NewRun extends Addressed {
  block: string
  /** The call as it was received, as text, so that another process can run it again. */
  call: string
  idempotencyKey: string
}

export interface Job extends Addressed {
  /** Sorts by the order in which jobs were added. */
  id: string
  kind: JobKind
  /** Of a run, the name of its block. */
  block: string | null
  operation: string
  /** null for a run, and for what is done or cancelled. */
  params: Record<string, unknown> | null
  /** The stored call of a run that isn't done or cancelled. */
  call: string | null
  /** Whether it is a run, or the delivery of what one answered. */
  isLateReply: boolean
  onUnknown: OnUnknown
  idempotencyKey: string | null
  state: JobState
  notBefore: number
  /** When it was first due: its place among the jobs of its addressee. Backoff doesn't move it. */
  dueAt: number
  /** Starts. A delivery that was given back, or held up by a limit, doesn't count; a run always does. */
  attempts: number
  /** Of a run: starts that ended without it being given back. Of a delivery: refusals in a row for the platform's limit. */
  failures: number
  /** The last failure, without message text: code and message of an error of the table. */
  lastError: JobError | null
  createdAt: number
  updatedAt: number
}

export interface JobError {
  code: string
  message: string
}

/** The parameters of an outcome: how a job ended, and nothing that it says. */
export type JobOutcome = {
  /** The same however often it is told. */
  event: string
  timestamp: string
  data: { id: string; state: JobState; code: string | null }
}

/** A job that this worker may work on; nobody who lacks its `lease` can change it. */
export interface Lease extends Job {
  /** A random token, since ids come again after a restore. */
  lease: string
  /** The name under which it was taken. */
  worker: string
  /** A worker had it and went silent: its call may have been carried out. Stays true until a person retries it. */
  takenOver: boolean
}

/** Jobs that share a rate: one operation of a page. */
export type Line = Pick<Job, 'page' | 'operation'>

export interface ClaimOptions {
  kind: JobKind
  /** The worker that takes them, by the name under which it beats. */
  worker: string
  limit: number
  /** Lines to leave alone, as `lineOf` and `runLineOf` name them. */
  skip?: readonly string[]
  /** Whether this worker can run a line. A run that has waited a day is handed out to anybody. */
  knows?: (line: string) => boolean
}

export interface RetryOptions {
  /** Milliseconds since 1970. */
  at: number
  error: JobError | null
  /** false for what limits delay. */
  countsAsAttempt: boolean
  /** Default 0. */
  failures?: number
}

/** What a run answers: the content of a delivery, at its own place. */
export type Answer = Pick<NewDelivery, 'operation' | 'params' | 'defaultOnUnknown'>

/** What is to be stored in the same transaction. What it throws undoes the transaction, and is thrown on. */
export type Within = (db: Kysely<Tables>) => Promise<void>

/** Whose jobs. */
export interface Addressees {
  addressee: string
  /** null: those without a page. */
  pages: readonly (string | null)[]
}

export interface ListOptions {
  state?: JobState
  page?: string
  addressee?: string
  /** Jobs before this id, newest first. */
  before?: string
  /** Default 50, at most 500. */
  limit?: number
}

export interface QueueStats {
  /** Those that wait, run or are dead; the others are counted as they end, not here. The operation of a run is `run`. */
  byState: { operation: string; state: JobState; count: number }[]
  /** How long ago the oldest unfinished run or delivery was due; 0 when none is. */
  oldestWaitingSeconds: number
  /** The same for outcomes, which wait for a receiver of the user's. */
  oldestOutcomeSeconds: number
  /** How long ago the latest of the dead runs and deliveries died; null when none is. */
  newestDeadSeconds: number | null
}

/** A worker that holds leases, and how often it has beaten; null when it never did. */
export interface Holder {
  worker: string
  beat: number | null
}

/** The durable list of jobs, the same on SQLite and PostgreSQL. Every change is on disk before its promise resolves. */
export interface Queue {
  /**
   * Adds deliveries, all or none.
   *
   * @throws DynablockError `DYN_IDEMPOTENCY_CONFLICT` when a key comes back with another body
   */
  add(deliveries: NewDelivery[]): Promise<{ job: Job; existed: boolean }[]>
  /** What `add` would answer for those that were added before; null for those that are new, as without a key. */
  findAdded(deliveries: NewDelivery[]): Promise<(Job | DynablockError | null)[]>
  /** Adds a run that has begun already, under a lease of this worker. */
  addRun(run: NewRun, worker: string): Promise<Lease>
  /**
   * Withdraws a run that nobody was promised. One that isn't there stays away: what may still come of an `addRun` that failed
   * finds its key taken.
   */
  withdraw(run: Omit<NewRun, 'call'>): Promise<void>
  /**
   * Takes jobs that may go now. Lines take turns, so that a page with many doesn't delay another; within a line the most
   * urgent go first, but for every fifth claim.
   */
  claim(options: ClaimOptions): Promise<Lease[]>
  /** Replaces the parameters of a delivery; false when the lease was lost, as everything else that takes one says. */
  setParams(lease: Lease, params: Record<string, unknown>): Promise<boolean>
  finish(lease: Lease, within?: Within): Promise<boolean>
  /** Back to waiting, at the same place. */
  retryAt(lease: Lease, options: RetryOptions): Promise<boolean>
  kill(lease: Lease, error: JobError): Promise<boolean>
  /** Ends a run, dead where there is an error, and adds what it answers, at once. */
  answer(lease: Lease, answer: Answer, error: JobError | null, within?: Within): Promise<boolean>
  /** Gives a job back; one that has begun keeps counting the start. */
  release(lease: Pick<Lease, 'id' | 'lease'>, hasBegun: boolean): Promise<boolean>
  get(id: string): Promise<Job | null>
  /** All but outcomes. */
  list(options: ListOptions): Promise<Job[]>
  /** A dead job waits again, from attempt 0; null when there is no such job, false when it is of another state. */
  retry(id: string): Promise<Job | null | false>
  /** What waits or runs is cancelled; a worker that has it can change nothing from then on. */
  cancel(id: string): Promise<Job | null | false>
  /** Those of an addressee, newest first, but those that still have a text before all others; at most 1000. */
  listOf(addressees: Addressees): Promise<Job[]>
  /**
   * Cancels what waits, runs or is dead, so that nothing of an addressee's texts is left.
   *
   * @param exceptKey the idempotency key of a job that is left alone
   */
  forget(addressees: Addressees, exceptKey: string | null, within: Within): Promise<void>
  /** Tells that this worker lives. Resolves with the ids and leases that it holds. */
  beat(worker: string): Promise<Pick<Lease, 'id' | 'lease'>[]>
  /** The workers that hold leases. */
  holders(): Promise<Holder[]>
  /** Takes everything from a worker that hasn't beaten since; says how much. */
  recover(holder: Holder): Promise<number>
  /** Forgets a worker that ends. */
  leave(worker: string): Promise<void>
  /** When the next job of that kind is due that isn't yet, in milliseconds since 1970; null when none is. */
  nextDueAt(kind: JobKind): Promise<number | null>
  /** Deletes what is done or cancelled for 7 days and dead for 30, and every trace of its text. Says how many. */
  sweep(): Promise<number>
  /** Adds up the counters, so that reading them stays cheap. */
  foldCounts(): Promise<void>
  stats(): Promise<QueueStats>
  /** Calls when this process, or another one on PostgreSQL, added something or made it claimable. */
  onAdded(listener: () => void): () => void
  /** Calls with the id of each job that this process cancelled. */
  onCancelled(listener: (id: string) => void): () => void
}
