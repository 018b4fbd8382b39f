/** Checks that the parameters' schemas can't express. Each returns the parameters as they are sent. */
import { type CheckOptions, checkContent } from '../content/check.ts'
import { DynablockError } from '../errors/errors.ts'
import type { Mismatch } from '../json/mismatch.ts'
import { formatFieldValue } from './custom-fields.ts'

export interface PrepareOptions {
  /** Callbacks in content may use http to this machine. */
  allowLoopback: boolean
  /** Called with what may not be shown as it was meant, and with each repair. */
  onWarning?: CheckOptions['onWarning']
}

/** Takes parameters that match their schema; returns them as they are sent, or what is wrong with them. */
export type Prepare = (params: Params, options: PrepareOptions) => { params: Params } | Mismatch
type Params = Record<string, unknown>

/** Checks content by the limits of its channel, and outside a flow, where `node` targets lead nowhere. */
export function prepareContent(params: Params, options: PrepareOptions): { params: Params } | Mismatch {
  try {
    const content = checkContent(params.data, { outsideFlow: true, ...options })
    return { params: { ...params, data: { version: 'v2', content } } }
  } catch (error) {
    return toMismatch(error, 'content that the channel takes')
  }
}

/** `createBotField` is the only operation that knows the type of its value. */
export function prepareBotField(params: Params): { params: Params } | Mismatch {
  if (params.value === undefined) return { params }
  try {
    return { params: { ...params, value: formatFieldValue(params.type as 'text', params.value) } }
  } catch (error) {
    return toMismatch(error, 'a value that its type can hold')
  }
}

export function prepareSubscriber(params: Params): { params: Params } | Mismatch {
  const { phone, email, whatsapp_phone, has_opt_in_sms, has_opt_in_email, consent_phrase } = params
  if (phone === undefined && email === undefined && whatsapp_phone === undefined) {
    return { expected: 'phone, email or whatsapp_phone', got: 'none of them' }
  }
  if (phone !== undefined && has_opt_in_sms === undefined) {
    return { expected: 'has_opt_in_sms beside phone', got: 'nothing' }
  }
  if (email !== undefined && has_opt_in_email === undefined) {
    return { expected: 'has_opt_in_email beside email', got: 'nothing' }
  }
  if (has_opt_in_sms === true && consent_phrase === undefined) {
    return { expected: 'consent_phrase beside has_opt_in_sms', got: 'nothing' }
  }
  return { params }
}

/** Our coded errors never quote the text of a message; others, such as one thrown by a caller's getter, may. */
function toMismatch(error: unknown, otherwise: string): Mismatch {
  if (!(error instanceof DynablockError)) return { expected: otherwise, got: 'an error while it was read' }
  const { expected = otherwise, got = 'other content', problems = [] } = error
  const lines = problems.map(({ subject, rule, message }) => `\n- ${subject} (${rule}): ${message}`)
  // The sentence around it ends with a full stop of its own.
  return {
    expected,
    got: problems.length > 0 ? `content with these problems:${lines.join('').replace(/\.$/, '')}` : got,
  }
}
