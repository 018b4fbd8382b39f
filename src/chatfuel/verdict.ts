import { isObject } from '../json/object.ts'
import { misshapen, parseBody } from '../manychat/response.ts'
import { answerError, type HttpAnswer, type OutboundCall } from '../outbound/exchange.ts'
import { maskText } from '../outbound/mask.ts'

/**
 * The body of an answer that doesn't report a failure.
 *
 * @throws ChatfuelError for `success: false` with any status, for 3xx to 5xx, and for a body that is not a JSON object
 */
export function readVerdict(answer: HttpAnswer, call: OutboundCall): Record<string, unknown> {
  const { status } = answer
  const body = parseBody(answer.text)
  if (!isObject(body) || status === 429) throw misshapen(answer, call)
  const { success, result, message = result } = body
  if (success !== false && status < 300) return body
  const said = typeof message === 'string' ? `"${maskText(message, call.secrets, call.params)}"` : 'no reason'
  const got = `HTTP ${status} ${said}`
  if (status === 401 || status === 403) throw answerError('DYN_CHATFUEL_TOKEN', call, answer, 'no', { got })
  if (status >= 500) throw answerError('DYN_CALL_FAILED', call, answer, 'unknown', { got })
  throw answerError('DYN_CALL_REFUSED', call, answer, 'no', { got: said, remedy: 'Change what was asked for.' })
}
