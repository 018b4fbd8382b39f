import { type Static, Type } from '@sinclair/typebox'
import type { Contact } from '../blocks/contact.ts'
import { createError } from '../errors/errors.ts'
import { parseWritten, stringifyExact } from '../json/exact-json.ts'
import { Channel, SealClaims } from './seal-claims.ts'
import { mismatch } from './state.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])

/** One call from ManyChat, parsed and authenticated. It is run, stored, rerun and recorded in this shape. */
export const CallRecord = Type.Object({
  id: Type.String(),
  /** The name of the block. */
  block: Type.String(),
  /** null when the block opens. */
  step: TextOrNull,
  state: Type.Optional(Type.Unknown()),
  contact: Type.Unsafe<Contact>(Type.Object({ id: Type.String() })),
  page: TextOrNull,
  channel: Channel,
  input: TextOrNull,
  extras: Type.Record(Type.String(), Type.Unknown()),
  /** The listener that received this message; it is renewed when the message can't be answered. */
  listener: Type.Optional(Type.Unsafe<SealClaims | undefined>(SealClaims)),
})
export type CallRecord = Static<typeof CallRecord>

/** The idempotency key of a late reply: no Idempotency-Key of a request can have the character. */
export function runKeyOf(callId: string): string {
  return `late reply → ${callId}`
}

/** Writes a call as text. Every number keeps its digits, and every string of digits stays a string. */
export function storeCall(record: CallRecord): string {
  return stringifyExact(record)
}

/**
 * Reads what `storeCall` wrote, including in version 0.1.0.
 *
 * @throws DynablockError `DYN_CALL_UNREADABLE`, naming the member but not its value
 */
export function restoreCall(text: string): CallRecord {
  const call = withBlock(parse(text))
  const wrong = mismatch(CallRecord, call)
  if (wrong) throw createError('DYN_CALL_UNREADABLE', { got: wrong })
  return call as CallRecord
}

function parse(text: string): unknown {
  try {
    return parseWritten(text)
  } catch {
    // The parser's message quotes the text, which holds what a contact wrote.
    throw createError('DYN_CALL_UNREADABLE', { got: 'text that is not JSON' })
  }
}

/** Version 0.1.0 stored the block's name as `name`. */
function withBlock(call: unknown): unknown {
  if (typeof call !== 'object' || call === null || !('name' in call) || 'block' in call) return call
  const { name, ...rest } = call
  return { ...rest, block: name }
}
