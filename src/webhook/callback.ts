import type { Contact } from '../blocks/contact.ts'
import type { CallRecord } from '../calls/record.ts'
import { type SealClaims, targetOf } from '../calls/seal-claims.ts'
import { createError } from '../errors/errors.ts'
import { readId, textOrNull } from './contact.ts'

type Members = Record<string, unknown>

/** The call that a callback makes. A quick-reply tap can make two requests; `pair` is then the same for both. */
export function enteredBy(claims: SealClaims, body: Members, id: string): { record: CallRecord; pair?: string } {
  const input = textOrNull(body.input)
  const { step, state, pair } = targetOf(claims, input)
  const { state: _state, user_id: _user, input: _input, ...extras } = body
  const record = {
    id,
    block: claims.block,
    step,
    state,
    contact: contactOf(claims),
    page: claims.page ?? null,
    channel: claims.channel,
    input,
    extras,
    listener: claims.listen === undefined ? undefined : claims,
  }
  return pair === undefined ? { record } : { record, pair }
}

/**
 * Accepts only the contact and the page that the callback was made for.
 *
 * @throws DynablockError `DYN_SEAL_REFUSED`
 */
export function requireSealed({ contact, page }: SealClaims, { user_id, page_id }: Members): void {
  if (isOther(user_id, contact)) throw createError('DYN_SEAL_REFUSED', { got: 'one of another contact' })
  if (isOther(page_id, page)) throw createError('DYN_SEAL_REFUSED', { got: 'one of another page' })
}

function contactOf({ contact, page, first_name, language }: SealClaims): Contact {
  return {
    id: contact,
    ...(page !== undefined && { page_id: page }),
    ...(first_name !== undefined && { first_name }),
    ...(language !== undefined && { language }),
  }
}

/** Whether the body names a different id. A variable that ManyChat did not render names none. */
function isOther(given: unknown, sealed: string | undefined): boolean {
  return given !== undefined && given !== null && readId(given) !== sealed
}
