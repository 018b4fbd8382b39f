import type { Answer } from '../content/content.ts'
import { createError } from '../errors.ts'
import type { Dispatch } from './dispatch.ts'
import { type FallbackFlow, joinProgress, pairSpacingMs, planFallback, splitProgress } from './fallback.ts'
import type { Params } from './operations.ts'
import { decideOutcome, describeError, type Outcome } from './outcome.ts'
import type { Lease, Send } from './send.ts'

export interface PerformOptions {
  dispatch: Dispatch
  /** FALLBACK_FLOWS, by page. */
  fallbackFlows: ReadonlyMap<string, FallbackFlow>
  /** Makes the parameters of a late reply whose content was lost with its process: runs its call again. */
  rerun(lease: Lease, signal: AbortSignal): Promise<Params>
  /** Milliseconds since 1970. */
  now(): number
  random?(): number
}

export interface PerformContext {
  /** Aborts when the lease is lost, and when there is no more time. */
  signal: AbortSignal
  /** How often in a row, this one included, the platform would have said that the limit of this line is reached. */
  timesLimited: number
  /** Stores new parameters, for as long as it takes; false when the send is no longer this lease's to deliver. */
  keep(params: Params): Promise<boolean>
}

/** Carries a send out, and says what becomes of it; null when it is no longer ours to say. Never rejects. */
export type Perform = (lease: Lease, context: PerformContext) => Promise<Outcome | null>

/** Makes the function that carries sends out: by their operation, or by the fallback flow where that is closed. */
export function createPerform({ dispatch, fallbackFlows, rerun, now, random = Math.random }: PerformOptions): Perform {
  return perform

  async function perform(lease: Lease, context: PerformContext): Promise<Outcome | null> {
    if (lease.takenOver && lease.onUnknown === 'hold') {
      return { kind: 'bury', error: describeError(createError('DYN_SEND_UNDECIDED')) }
    }
    try {
      return await carryOut(lease, context)
    } catch (error) {
      return decide(lease, context, error, false)
    }
  }

  async function carryOut(lease: Lease, context: PerformContext): Promise<Outcome | null> {
    if (lease.params === null) {
      const params = await rerun(lease, context.signal)
      return (await context.keep(params)) ? carryOut({ ...lease, params }, context) : null
    }
    const { params, progress } = splitProgress(lease.params)
    if (progress) return showNext(lease, context, params, progress.sent)
    const outcome = await attempt(lease, context, lease.operation, params, canFallBack(lease))
    if (outcome.kind !== 'fallback') return outcome
    if (textsOf(params).texts.length === 0) return { kind: 'bury', error: outcome.error }
    return (await context.keep(joinProgress(params, { sent: 0 }))) ? showNext(lease, context, params, 0) : null
  }

  /** Shows one text, then gives the lease back for a while: the flow must have read the field before it changes. */
  async function showNext(lease: Lease, context: PerformContext, params: Params, sent: number) {
    const { texts, leftOut } = textsOf(params)
    // Behind the last text too: the next send to this contact may use the same field.
    if (sent >= texts.length) return { kind: 'done' } as const
    const { subscriber_id } = params
    const { field: field_name, flow: flow_ns } = flowOf(lease) ?? {}
    // A field that is set shows the contact nothing yet, so it may be set twice whatever `onUnknown` says.
    const set = await attempt(
      { ...lease, onUnknown: 'retry' },
      context,
      'subscriber.setCustomFieldByName',
      { subscriber_id, field_name, field_value: texts[sent] },
      false,
    )
    if (set.kind !== 'done') return set
    const shown = await attempt(lease, context, 'sending.sendFlow', { subscriber_id, flow_ns }, false)
    if (shown.kind !== 'done') return shown
    if (!(await context.keep(joinProgress(params, { sent: sent + 1 })))) return null
    return { kind: 'retry', at: now() + pairSpacingMs, error: leftOut, countsAsAttempt: false } as const
  }

  async function attempt(
    lease: Lease,
    context: PerformContext,
    operation: string,
    params: Params,
    hasFallback: boolean,
  ): Promise<Outcome> {
    try {
      await dispatch(operation, lease.page, params, context.signal)
      return { kind: 'done' }
    } catch (error) {
      return decide(lease, context, error, hasFallback)
    }
  }

  function decide(lease: Lease, { timesLimited }: PerformContext, error: unknown, hasFallback: boolean): Outcome {
    return decideOutcome({ send: lease, error, now: now(), random: random(), hasFallback, timesLimited })
  }

  /** A `user_ref` has no contact yet whose field could be set. */
  function canFallBack(send: Send): boolean {
    return send.operation === 'sending.sendContent' && flowOf(send) !== undefined
  }

  function flowOf({ page }: Send): FallbackFlow | undefined {
    return page === null ? undefined : fallbackFlows.get(page)
  }
}

function textsOf({ data }: Params) {
  return planFallback((data as Answer).content)
}
