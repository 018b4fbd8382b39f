import { type Static, Type } from '@sinclair/typebox'

/** https, or http to this machine, which only development allows. */
const CallbackUrl = Type.String({
  pattern: '^(https://|http://(localhost|127\\.0\\.0\\.1|\\[::1\\])([:/]|$))',
  description: 'https; ManyChat posts there, and shows the content that is answered.',
})

/** The request that ManyChat sends us after a tap or a message. */
export const callback = {
  url: CallbackUrl,
  method: Type.Literal('post'),
  headers: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Sent along, as HTTP headers.' })),
  payload: Type.Optional(
    // Not a Type.Record: that would match every key against a pattern.
    Type.Unsafe<Record<string, unknown>>(
      Type.Object(
        {},
        { description: 'The body that is posted; ManyChat fills in {{user_id}} and {{last_input_text}}.' },
      ),
    ),
  ),
}

/** Whether a payload can be written as JSON. Without this check, a circular one would fail while the answer is sent. */
export function isWritable(payload: Record<string, unknown>): boolean {
  if (isFlat(payload)) return true
  try {
    JSON.stringify(payload, (_key, member) => (typeof member === 'bigint' ? 0 : member))
    return true
  } catch {
    return false
  }
}

/** The usual payload is flat, and needs no trial run. */
function isFlat(payload: Record<string, unknown>): boolean {
  for (const key in payload) {
    const member = payload[key]
    if (typeof member === 'object' && member !== null) return false
  }
  return true
}

/** The longest that a listener can wait, in seconds; also the default. */
export const maxTimeoutSeconds = 86_400

/** Asks for the contact's next message; `timeout` in seconds. */
export const ExternalMessageCallback = Type.Object(
  {
    ...callback,
    timeout: Type.Optional(
      Type.Integer({ minimum: 1, maximum: maxTimeoutSeconds, description: 'In seconds; default 86400, one day.' }),
    ),
  },
  {
    additionalProperties: false,
    title: 'ExternalMessageCallback',
    description: 'Has ManyChat post the next message of the contact to an address.',
  },
)
export interface ExternalMessageCallback extends Static<typeof ExternalMessageCallback> {
  method: 'post'
}
export type Callback = Omit<ExternalMessageCallback, 'timeout'>
