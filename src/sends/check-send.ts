import { type Static, Type } from '@sinclair/typebox'
import { closest, distance } from 'fastest-levenshtein'
import type { Bots } from '../chatfuel/bots.ts'
import type { Problem } from '../content/problem.ts'
import type { DefaultOnUnknown } from '../delivery/on-unknown.ts'
import { type Params, type SendOperation, sendOperations } from '../delivery/operations.ts'
import { createError } from '../errors/errors.ts'
import { readAs } from '../json/mismatch.ts'
import type { Pages } from '../manychat/pages.ts'
import { Id, Text } from '../manychat/params.ts'
import { type NewDelivery, OnUnknown } from '../queue/job.ts'

/** One send, as `POST /sends` takes it. */
export const SendBody = Type.Object(
  {
    operation: Type.String({ description: 'the name of an operation' }),
    page: Type.Optional(
      Type.Union([Id, Text, Type.Null()], { description: 'the id of a page, of a bot for chatfuel.…, or null' }),
    ),
    params: Type.Unsafe<Params>(Type.Object({}, { description: 'an object of parameters' })),
    not_before: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?(?:Z|[+-]\\d{2}:\\d{2})$',
        description: 'a date-time with its offset, like 2026-01-31T09:00:00+01:00',
      }),
    ),
    on_unknown: Type.Optional(OnUnknown),
  },
  {
    additionalProperties: false,
    description: 'an object of operation, page, params, not_before and on_unknown',
  },
)
export type SendBody = Static<typeof SendBody>

export interface SendCheckOptions {
  pages: Pick<Pages, 'clientFor' | 'pageOf'>
  defaultOnUnknown: DefaultOnUnknown
  bots: Pick<Bots, 'resolve'>
  /** Callbacks in content may go to http on this machine. */
  allowLoopback: boolean
}

/** A send that can be accepted. */
export interface CheckedSend {
  send: NewDelivery
  /** What is repaired in its content, or may not be shown as it was meant. */
  problems: Problem[]
}

export type CheckSend = ReturnType<typeof createSendCheck>

/** Checks a send before it is accepted: what can't succeed is refused while somebody listens. */
export function createSendCheck({ pages, bots, defaultOnUnknown, allowLoopback }: SendCheckOptions) {
  return checkSend

  /**
   * @throws DynablockError `DYN_SEND_INVALID`, `DYN_SEND_OPERATION`, `DYN_CALL_PARAMS`, `DYN_PAGE_KEY_MISSING`,
   *   `DYN_PAGE_UNKNOWN`, `DYN_BOT_UNKNOWN`
   */
  function checkSend(body: unknown, idempotencyKey: string | null): CheckedSend {
    const given = readAs(SendBody, body, mismatch => createError('DYN_SEND_INVALID', { ...mismatch }))
    const { operation: name, page = null, params, not_before, on_unknown } = given
    const problems: Problem[] = []
    const operation = findOperation(name)
    const problem = operation.findProblem(params, { allowLoopback, onWarning: warning => problems.push(warning) })
    if (problem) throw createError('DYN_CALL_PARAMS', { operation: name, ...problem })
    const send = {
      operation: name,
      page: findPage(name, operation, page === null ? null : String(page)),
      addressee: operation.addresseeOf(params),
      params,
      ...(not_before !== undefined && { notBefore: readTime(not_before) }),
      ...(on_unknown !== undefined && { onUnknown: on_unknown }),
      defaultOnUnknown: defaultOnUnknown(params),
      idempotencyKey,
    }
    return { send, problems }
  }

  /** The page or bot that is meant, and has a key; null for the only connection of a gateway. */
  function findPage(name: string, { service }: SendOperation, named: string | null): string | null {
    if (service === 'chatfuel') return bots.resolve(named, name === 'chatfuel.sendBlock' ? 1 : 2)
    const page = pages.pageOf(named)
    pages.clientFor(page)
    return page
  }
}

function findOperation(name: string): SendOperation {
  const operation = sendOperations.get(name)
  if (operation) return operation
  const near = closest(name.slice(0, 60), [...sendOperations.keys()])
  const hint = distance(near, name.slice(0, 60)) <= 6 ? ` Did you mean "${near}"?` : ''
  throw createError('DYN_SEND_OPERATION', { hint })
}

/** The 30th of February has the form of a day, and would be read as one of March. */
function readTime(text: string): number {
  const ms = Date.parse(text)
  const day = text.slice(0, 'YYYY-MM-DD'.length)
  const isDay = new Date(`${day}T00:00Z`).toJSON()?.startsWith(day)
  if (isDay && !Number.isNaN(ms)) return ms
  throw createError('DYN_SEND_INVALID', { expected: 'a date-time at /not_before', got: 'a day that no calendar has' })
}
