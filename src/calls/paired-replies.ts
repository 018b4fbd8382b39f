/**
 * A tap on a quick reply while a listener is waiting reaches us twice: through the tap's own callback, and through the
 * listener, as the tap also posts the caption as a message. The two are paired here, so that they are answered once.
 */
import { randomBytes } from 'node:crypto'
import type { Content } from '../content/content.ts'
import { type Choice, choiceOf, type SealClaims, type Sign } from './seal-claims.ts'

/**
 * Pairs the quick replies and the listener of one answer. Content with only one of them stays as it is.
 *
 * @param issued the claims of each token that this call has issued
 */
export function pairReplies(content: Content, issued: ReadonlyMap<string, SealClaims>, sign: Sign): Content {
  const { external_message_callback, quick_replies } = content
  if (!external_message_callback || !quick_replies?.length) return content
  const listener = claimsBehind(external_message_callback)
  if (!listener) return content

  const turn = randomBytes(6).toString('base64url')
  const choices: Choice[] = []
  const paired = quick_replies.map(reply => {
    const claims = claimsBehind(reply)
    choices.push(choiceOf(reply.caption, claims?.step ?? null, claims?.state))
    return claims ? withState(reply, { ...claims, turn, choice: choices.length - 1 }) : reply
  })
  return {
    ...content,
    quick_replies: paired,
    external_message_callback: withState(external_message_callback, { ...listener, turn, choices }),
  }

  function claimsBehind(callback: object): SealClaims | undefined {
    const { payload } = callback as { payload?: Record<string, unknown> }
    return typeof payload?.state === 'string' ? issued.get(payload.state) : undefined
  }

  function withState<C extends object>(callback: C, claims: SealClaims): C {
    const { payload } = callback as { payload?: Record<string, unknown> }
    return { ...callback, payload: { ...payload, state: sign(claims) } }
  }
}
