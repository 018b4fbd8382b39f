import { type Static, Type } from '@sinclair/typebox'

/** https, or http to this machine itself, which only a server in development may use. */
const CallbackUrl = Type.String({
  pattern: '^(https://|http://(localhost|127\\.0\\.0\\.1|\\[::1\\])([:/]|$))',
  description: 'https; ManyChat posts there, and shows the content that is answered.',
})

/** The request that ManyChat makes to us on a tap or a message. */
export const callback = {
  url: CallbackUrl,
  method: Type.Literal('post'),
  headers: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Sent along, as HTTP headers.' })),
  payload: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'The body that is posted; ManyChat fills in {{user_id}} and {{last_input_text}}.',
    }),
  ),
}

/** Whether a payload can be written: a circular one would only fail when the answer is already on its way. */
export function isWritable(payload: Record<string, unknown>): boolean {
  // A flat one, which is the usual, needs no trial.
  if (Object.values(payload).every(member => typeof member !== 'object' || member === null)) return true
  try {
    JSON.stringify(payload, (_key, member) => (typeof member === 'bigint' ? 0 : member))
    return true
  } catch {
    return false
  }
}

/** The longest a listener waits, in seconds; also the default. */
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
export type ExternalMessageCallback = Static<typeof ExternalMessageCallback>
export type Callback = Omit<ExternalMessageCallback, 'timeout'>
