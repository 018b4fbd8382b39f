import { type Static, Type } from '@sinclair/typebox'
import { ContentProblem } from '../content/content-problem.ts'
import type { Problem } from '../content/problem.ts'
import { splitProgress } from '../delivery/fallback-flow.ts'
import { idNames } from '../manychat/params.ts'
import { type Job, JobKind, JobState, OnUnknown } from '../queue/job.ts'

/** Ids leave as bare digits, none of them rounded; other names as text. */
const ShownId = Type.Union([Type.Integer(), Type.BigInt(), Type.String(), Type.Null()])
type ShownId = Static<typeof ShownId>
const Time = Type.String({ format: 'date-time' })

/** A send as the API shows it in lists: what it is and how it stands, and nothing of what it says. */
export const SendView = Type.Object(
  {
    id: Type.String(),
    kind: JobKind,
    state: JobState,
    operation: Type.String({ description: "A client's name, like sending.sendContent." }),
    page: ShownId,
    addressee: ShownId,
    late_reply: Type.Boolean({ description: 'Whether a block made it that was not ready in time.' }),
    not_before: Time,
    on_unknown: OnUnknown,
    attempts: Type.Integer(),
    last_error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'Send' },
)
export type SendView = Static<typeof SendView>

/** The same for whoever adds it, with what became of its content. */
export const AddedSendView = Type.Object(
  {
    ...SendView.properties,
    problems: Type.Optional(
      Type.Array(ContentProblem, {
        description: 'What is repaired in its content, or may not be shown as it was meant.',
      }),
    ),
  },
  { title: 'AddedSend' },
)
export type AddedSendView = Static<typeof AddedSendView>

/** The same with what it says, for whoever asks for that one. */
export const WholeSendView = Type.Object(
  {
    ...SendView.properties,
    params: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
    fallback: Type.Optional(
      Type.Object({ sent: Type.Integer() }, { description: 'How many texts went out by its flow of FALLBACK_FLOWS.' }),
    ),
  },
  { title: 'WholeSend' },
)
export type WholeSendView = Static<typeof WholeSendView>

export const SendList = Type.Object(
  {
    sends: Type.Array(SendView),
    next: Type.Union([Type.String(), Type.Null()], { description: '`before` of the next page; null: no more.' }),
  },
  { title: 'Sends' },
)
export type SendList = Static<typeof SendList>

export function showSend(send: Job): SendView {
  const { id, kind, state, operation, page, addressee, isLateReply, onUnknown, attempts, lastError } = send
  return {
    id,
    kind,
    state,
    operation,
    page: bare(page),
    addressee: bare(addressee),
    late_reply: isLateReply,
    not_before: showTime(send.notBefore),
    on_unknown: onUnknown,
    attempts,
    last_error: lastError,
    created_at: showTime(send.createdAt),
    updated_at: showTime(send.updatedAt),
  }
}

export function showAddedSend(send: Job, problems: Problem[]): AddedSendView {
  return { ...showSend(send), ...(problems.length > 0 && { problems }) }
}

export function showWholeSend(send: Job): WholeSendView {
  const { params, progress } = send.params === null ? { params: null, progress: null } : splitProgress(send.params)
  return {
    ...showSend(send),
    params: params && showParams(params),
    ...(progress && { fallback: progress }),
  }
}

function showParams(params: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, idNames.has(name) ? bare(String(value)) : value]),
  )
}

function bare(id: string | null): ShownId {
  return id !== null && /^(?:0|-?[1-9]\d*)$/.test(id) ? BigInt(id) : id
}

function showTime(ms: number): string {
  return new Date(ms).toISOString()
}
