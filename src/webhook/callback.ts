import type { FastifyInstance } from 'fastify'
import type { Contact } from '../blocks/contact.ts'
import type { CallRecord } from '../calls/record.ts'
import { type SealClaims, targetOf } from '../calls/seal-claims.ts'
import { createError } from '../errors/errors.ts'
import { isObject } from '../json/object.ts'
import { anyType, readRequest } from './body.ts'
import { readId } from './candidates.ts'
import { textOrNull } from './contact.ts'
import { findSealed, type Seal, type Unsealed } from './seal.ts'

type Members = Record<string, unknown>

declare module 'fastify' {
  interface FastifyRequest {
    /** The contents of the seal in the body, once it has been verified. */
    unsealed?: Unsealed
  }
}

/** What ManyChat posts is the payload of a button and what its contact wrote; anybody else may post as much. */
const maxCallbackBytes = 131_072

/** The seal is verified in the text, and only then is the body parsed: its `state` must be what was verified. */
export function acceptSealed(app: FastifyInstance, seal: Seal): void {
  app.addHook('onRequest', (request, _reply, done) => {
    request.isAuthentic = false
    done()
  })
  app.acceptText({
    types: anyType,
    maxBytes: maxCallbackBytes,
    parse(text, request) {
      const sealed = findSealed(text)
      request.unsealed = seal.open(sealed)
      request.isAuthentic = true
      const body = readRequest(text, request)
      if (isObject(body) && body.state === sealed) return body
      throw createError('DYN_SEAL_REFUSED', { got: 'one that is not the "state" of the body' })
    },
  })
}

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
