import type { Answer } from '../content/content.ts'
import { createError } from '../errors/errors.ts'
import type { Job, JobError, Lease } from '../queue/job.ts'
import type { Dispatch } from './dispatch.ts'
import { type FallbackFlow, joinProgress, pairSpacingMs, planFallback, splitProgress } from './fallback-flow.ts'
import type { Params } from './operations.ts'
import { decideOutcome, describeError, type Ended, type Outcome } from './retry-policy.ts'
import { type KnownNames, leaveOutUnknown } from './unknown-names.ts'

export interface PerformOptions {
  dispatch: Dispatch
  /** FALLBACK_FLOWS, by page. */
  fallbackFlows: ReadonlyMap<string, FallbackFlow>
  /** The tags and fields of a page. */
  knownNames(page: string | null, signal: AbortSignal): Promise<KnownNames>
  /** Milliseconds since 1970. */
  now(): number
  random?(): number
}

export interface PerformContext {
  /** Aborts when the lease is lost, and when there is no more time. */
  signal: AbortSignal
  /** Stores new parameters, for as long as it takes; false when the lease was lost. */
  keep(params: Params): Promise<boolean>
}

/** Carries a send out, and says what becomes of it; null when it is no longer ours to say. Rejects only by a fault of our own. */
export type Perform = (lease: Lease, context: PerformContext) => Promise<Outcome | null>

/** Makes the function that carries sends out: by their operation, or by the fallback flow where that is closed. */
export function createPerform({
  dispatch,
  fallbackFlows,
  knownNames,
  now,
  random = Math.random,
}: PerformOptions): Perform {
  return perform

  async function perform(lease: Lease, context: PerformContext): Promise<Outcome | null> {
    if (lease.takenOver && lease.onUnknown === 'hold') {
      return { kind: 'dead', error: describeError(createError('DYN_SEND_UNDECIDED')), isHeld: true }
    }
    return carryOut(lease, context)
  }

  async function carryOut(lease: Lease, context: PerformContext): Promise<Outcome | null> {
    const { params, progress } = splitProgress(lease.params ?? {})
    if (progress) return showNext(lease, context, params, progress.sent)
    const outcome = await attempt(lease, context, lease.operation, params, whatElse(lease))
    if (outcome.kind === 'unknown_name') return reduce(lease, context, params, outcome.error)
    if (outcome.kind !== 'fallback') return outcome
    if (textsOf(params).texts.length === 0) return { kind: 'dead', error: outcome.error }
    return (await context.keep(joinProgress(params, { sent: 0 }))) ? showNext(lease, context, params, 0) : null
  }

  /** Keeps the content without what the page doesn't know, to be sent again at once. */
  async function reduce({ page }: Lease, { signal, keep }: PerformContext, params: Params, error: JobError) {
    const data = params.data as Answer
    const reduced = leaveOutUnknown(data.content, await knownNames(page, signal))
    if (reduced === null) return { kind: 'dead', error } as const
    if (!(await keep({ ...params, data: { ...data, content: reduced.content } }))) return null
    return { kind: 'retry', at: now(), error: reduced.leftOut, countsAsAttempt: false } as const
  }

  /** Shows one text, then gives the lease back for a while: the flow must have read the field before it changes. */
  async function showNext(lease: Lease, context: PerformContext, params: Params, sent: number) {
    const { texts, leftOut } = textsOf(params)
    // Behind the last text too: the next send to this contact may use the same field.
    if (sent >= texts.length) return { kind: 'done' } as const
    const { subscriber_id } = params
    const { field: field_name, flow: flow_ns } = flowOf(lease) ?? {}
    // A field that is set shows the contact nothing yet, so it may be set twice whatever `onUnknown` says.
    const set = await attempt({ ...lease, onUnknown: 'retry' }, context, 'subscriber.setCustomFieldByName', {
      subscriber_id,
      field_name,
      field_value: texts[sent],
    })
    if (set.kind !== 'done') return set
    const shown = await attempt(lease, context, 'sending.sendFlow', { subscriber_id, flow_ns })
    if (shown.kind !== 'done') return shown
    if (!(await context.keep(joinProgress(params, { sent: sent + 1 })))) return null
    return { kind: 'retry', at: now() + pairSpacingMs, error: leftOut, countsAsAttempt: false } as const
  }

  async function attempt(
    lease: Lease,
    context: PerformContext,
    operation: string,
    params: Params,
    other: Pick<Ended, 'hasFallback' | 'hasContent'> = {},
  ): Promise<Outcome> {
    try {
      await dispatch(operation, lease.page, params, context.signal)
      return { kind: 'done' }
    } catch (error) {
      return decideOutcome({ send: lease, error, now: now(), random: random(), ...other })
    }
  }

  /** The ways that are left to content. A `user_ref` has no contact yet whose field could be set. */
  function whatElse(send: Job): Pick<Ended, 'hasFallback' | 'hasContent'> {
    const hasFallback = send.operation === 'sending.sendContent' && flowOf(send) !== undefined
    return { hasFallback, hasContent: send.operation.startsWith('sending.sendContent') }
  }

  function flowOf({ page }: Job): FallbackFlow | undefined {
    return page === null ? undefined : fallbackFlows.get(page)
  }
}

function textsOf({ data }: Params) {
  return planFallback((data as Answer).content)
}
