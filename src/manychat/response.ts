import type { TSchema } from '@sinclair/typebox'
import { parseExact } from '../json/exact-json.ts'
import { findMismatch } from '../json/mismatch.ts'
import { answerError, type HttpAnswer, type OutboundCall } from '../outbound/exchange.ts'
import { maskText } from '../outbound/mask.ts'
import type { OutboundError } from '../outbound/outbound-error.ts'
import { stringifyIds } from './answers.ts'
import { explainCode } from './platform-codes.ts'

export interface ResponseOptions {
  /** The key is an App Key. ManyChat then calls the token wrong when the operation is outside the app's scope. */
  isAppKey: boolean
  /** The call sends pictures or the like, which ManyChat sometimes refuses and delivers all the same. */
  hasMedia: boolean
  /** The form of `data`. */
  answer: TSchema
}

/** ManyChat's envelope. */
interface Envelope {
  status: 'success' | 'error' | 'exception'
  data?: unknown
  message?: unknown
  code?: unknown
  details?: unknown
}

/**
 * The `data` of a successful answer, with ids as strings.
 *
 * @throws OutboundError for everything else, including a 200 that holds an error
 */
export function readResponse(answer: HttpAnswer, call: OutboundCall, options: ResponseOptions): unknown {
  const body = parseBody(answer.text)
  if (!isEnvelope(body)) throw call.service === 'maton' ? gatewayError(answer, call) : misshapen(answer, call)
  // Only ManyChat uses this envelope, so the answer is its own even through a gateway.
  const own: OutboundCall = { ...call, service: 'manychat' }
  if (body.status !== 'success') throw platformError(body, answer, own, options)
  if (answer.status >= 300) throw misshapen(answer, own)
  const data = stringifyIds(body.data)
  if (findMismatch(options.answer, data)) throw misshapen(answer, own)
  return data
}

/** "Field with same name not found", "Tag does not exist": the id or the name is none of the page's. */
const unknownName = /\b(?:tag|field)\b[^;]*\b(?:not found|does not exist)/i

function platformError(
  body: Envelope,
  answer: HttpAnswer,
  call: OutboundCall,
  { isAppKey, hasMedia }: ResponseOptions,
): OutboundError {
  const { status } = answer
  const message = joinMessages(body)
  const said = `"${maskText(message, call.secrets, call.params)}"`
  const got = `HTTP ${status} ${said}`
  if (status === 429) return answerError('DYN_CALL_LIMITED', call, answer, 'no', { got })
  if (body.status === 'exception') return answerError('DYN_MANYCHAT_UNINSTALLED', call, answer, 'unknown', { got })
  if (/integrations ability/i.test(message)) return answerError('DYN_MANYCHAT_PLAN', call, answer, 'no', { got })
  if (status === 401 && /token is required/i.test(message)) {
    return answerError('DYN_MANYCHAT_NO_KEY', call, answer, 'no', { got })
  }
  if (status === 401 || /\bwrong (?:access )?token\b/i.test(message)) {
    const isScope = isAppKey && /wrong access token/i.test(message)
    return answerError(isScope ? 'DYN_MANYCHAT_SCOPE' : 'DYN_MANYCHAT_KEY', call, answer, 'no', { got })
  }
  if (status >= 500) return answerError('DYN_CALL_FAILED', call, answer, 'unknown', { got })
  if (hasMedia && /subscriber does not exist/i.test(message)) {
    return answerError('DYN_CALL_DOUBTFUL', call, answer, 'unknown', { got: said })
  }
  if (unknownName.test(message)) return answerError('DYN_CALL_NAME_UNKNOWN', call, answer, 'no', { got: said })
  const code = readCode(body.code)
  const [meaning, remedy] = explainCode(code) ?? [null, 'Change what was asked for.']
  const explained = meaning ? `${said}, which means that ${meaning}` : said
  return answerError('DYN_CALL_REFUSED', call, answer, 'no', { got: explained, remedy }, code)
}

/** The gateway's own refusals come without ManyChat's envelope. */
function gatewayError(answer: HttpAnswer, call: OutboundCall): OutboundError {
  const { status, text } = answer
  const got = `HTTP ${status} of Maton`
  if (status === 400 && /invalid app name/i.test(text)) return answerError('DYN_MATON_APP', call, answer, 'no', { got })
  // ManyChat itself answers unknown paths with a page.
  if (status === 404 && !isPage(text)) return answerError('DYN_MATON_PATH', call, answer, 'no', { got })
  if (status === 400) return answerError('DYN_MATON_CONNECTION', call, answer, 'no', { got })
  if (status === 401) return answerError('DYN_MATON_KEY', call, answer, 'no', { got })
  return misshapen(answer, call)
}

/** For answers that the service itself would not give, such as a proxy's page or an empty body. */
export function misshapen(answer: HttpAnswer, call: OutboundCall): OutboundError {
  const { status, text } = answer
  if (status === 429) return answerError('DYN_CALL_LIMITED', call, answer, 'no', { got: 'HTTP 429' })
  const carriedOut = status >= 300 && status < 500 ? 'no' : 'unknown'
  if (status >= 500 && parseBody(text) !== undefined) {
    return answerError('DYN_CALL_FAILED', call, answer, carriedOut, { got: `HTTP ${status}` })
  }
  return answerError('DYN_CALL_ANSWER', call, answer, carriedOut, { got: describeBody(text) })
}

/** The parsed body; undefined when it is not JSON. */
export function parseBody(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return undefined
  }
}

function isEnvelope(body: unknown): body is Envelope {
  const status = (body as Envelope | null | undefined)?.status
  return status === 'success' || status === 'error' || status === 'exception'
}

function joinMessages({ message, details }: Envelope): string {
  const messages = (details as { messages?: unknown } | null | undefined)?.messages
  const further = Array.isArray(messages) ? messages.map(entry => entry?.message ?? entry) : []
  return [message, ...further].filter(text => typeof text === 'string').join('; ') || 'no message'
}

function readCode(code: unknown): number | null {
  const number = typeof code === 'string' && code !== '' ? Number(code) : code
  return typeof number === 'number' && Number.isInteger(number) ? number : null
}

function describeBody(text: string): string {
  if (text.trim() === '') return 'an empty body'
  if (isPage(text)) return 'an HTML page'
  return parseBody(text) === undefined ? 'text that is not JSON' : 'JSON of another shape'
}

function isPage(text: string): boolean {
  return /^\s*</.test(text)
}
