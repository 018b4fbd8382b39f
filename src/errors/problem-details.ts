import { type Static, Type } from '@sinclair/typebox'
import { type DynablockError, dataOf } from './errors.ts'

/** The body of every refusal. */
export const ProblemDetails = Type.Object(
  {
    code: Type.String({ pattern: '^DYN_[A-Z_]+$' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'A sentence for people; programs go by the code.' }),
    expected: Type.Optional(Type.String({ description: 'What would have been right.' })),
    got: Type.Optional(Type.String({ description: 'What came instead; never a value that may be private.' })),
    remedy: Type.Optional(Type.String({ description: 'What to do.' })),
  },
  { title: 'Problem', description: 'RFC 9457; `code` is one of docs/errors.md.' },
)
export type ProblemDetails = Static<typeof ProblemDetails>

export const problemType = 'application/problem+json; charset=utf-8'

export function problemOf(error: DynablockError): ProblemDetails {
  const { code, title, status, message } = error
  return { code, title, status, detail: message, ...dataOf(error) }
}

const meanings = {
  400: 'The request is not valid.',
  401: 'The secret, token or seal is wrong.',
  403: 'The secret or token is valid, but not for this.',
  404: 'Not found.',
  408: 'The body arrived too slowly.',
  409: 'The send is in another state, or the idempotency key was used for a different one.',
  413: 'The body is longer than MAX_BODY_BYTES.',
  415: 'The body is not JSON.',
  429: 'Too many calls without a valid secret, or over a limit of ManyChat.',
  502: 'ManyChat refused the key.',
  503: 'The server is overloaded, or the store is unreachable.',
} as const

export interface Refusal {
  description: string
  content: { 'application/problem+json': { schema: typeof ProblemDetails } }
}

/** The refusals that a route may answer, for its schema. */
export function problems<Status extends keyof typeof meanings>(...statuses: Status[]): Record<Status, Refusal> {
  const refusals = {} as Record<Status, Refusal>
  const content = { 'application/problem+json': { schema: ProblemDetails } }
  for (const status of statuses) refusals[status] = { description: meanings[status], content }
  return refusals
}
