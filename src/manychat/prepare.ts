/** What the schemas of the parameters can't say. Each returns the parameters as they go out. */
import { checkContent } from '../content/check.ts'
import { DynablockError } from '../errors.ts'
import { formatFieldValue } from './custom-fields.ts'
import type { Mismatch } from './params.ts'

export interface PrepareOptions {
  /** Callbacks in content may go to http on this machine. */
  allowLoopback: boolean
}

/** Parameters that passed their schema → the same as they go out, or what is wrong with them. */
export type Prepare = (params: Params, options: PrepareOptions) => { params: Params } | Mismatch
type Params = Record<string, unknown>

/** Outside a flow `node` targets lead nowhere, and the limits of the channel hold. */
export function prepareContent(params: Params, { allowLoopback }: PrepareOptions): { params: Params } | Mismatch {
  const data = params.data as { content: unknown }
  try {
    const content = checkContent(data.content, { outsideFlow: true, allowLoopback })
    return { params: { ...params, data: { ...data, content } } }
  } catch (error) {
    return { expected: 'content that the channel takes', got: describe(error) }
  }
}

/** The only operation that knows the type of its value. */
export function prepareBotField(params: Params): { params: Params } | Mismatch {
  if (params.value === undefined) return { params }
  try {
    return { params: { ...params, value: formatFieldValue(params.type as 'text', params.value) } }
  } catch (error) {
    return { expected: 'a value that its type can hold', got: describe(error) }
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

/** Errors of the table hold no text of a message; others, like a getter of the caller that throws, may. */
function describe(error: unknown): string {
  return error instanceof DynablockError ? `this: ${error.message}` : 'an error while it was read'
}
