/**
 * A contact who taps a quick reply while a listener waits reaches us twice: by the tap's own callback, and by the listener,
 * since the tap also posts the caption as a message. Both are tied to one turn here, so that they are answered once.
 */
import { randomBytes } from 'node:crypto'
import type { Content } from '../content/content.ts'
import { type Choice, type Claims, choiceOf, type Sign } from './claims.ts'

/**
 * Ties the quick replies and the listener of one answer together. Content with only one of them stays as it is.
 *
 * @param issued the claims behind each token of this call
 */
export function tieTurn(content: Content, issued: ReadonlyMap<string, Claims>, sign: Sign): Content {
  const { external_message_callback, quick_replies } = content
  if (!external_message_callback || !quick_replies?.length) return content
  const listener = claimsBehind(external_message_callback)
  if (!listener) return content

  const turn = randomBytes(6).toString('base64url')
  const choices: Choice[] = []
  const tied = quick_replies.map(reply => {
    const claims = claimsBehind(reply)
    choices.push(choiceOf(reply.caption, claims?.step ?? null, claims?.state))
    return claims ? withState(reply, { ...claims, turn, choice: choices.length - 1 }) : reply
  })
  return {
    ...content,
    quick_replies: tied,
    external_message_callback: withState(external_message_callback, { ...listener, turn, choices }),
  }

  function claimsBehind(callback: object): Claims | undefined {
    const { payload } = callback as { payload?: Record<string, unknown> }
    return typeof payload?.state === 'string' ? issued.get(payload.state) : undefined
  }

  function withState<C extends object>(callback: C, claims: Claims): C {
    const { payload } = callback as { payload?: Record<string, unknown> }
    return { ...callback, payload: { ...payload, state: sign(claims) } }
  }
}
