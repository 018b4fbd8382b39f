import { DynablockError, type ErrorCode, formatMessage, type Values } from '../errors.ts'

/** Whose answer, or whose silence, it was. */
export type Service = 'manychat' | 'maton' | 'chatfuel'

/** Whether the call can have had its effect: `no` is safe to call again, `unknown` may do it twice. */
export type CarriedOut = 'no' | 'unknown'

/** Around an error: what was called and how far it got. */
export interface Circumstances {
  service: Service
  /** Like `sending.sendContent`. */
  operation: string
  /** The label of the page; null when there is none. */
  page: string | null
  carriedOut: CarriedOut
  /** The HTTP status of the answer; null without an answer. */
  httpStatus?: number | null
  /** The platform's own number, like 3011. */
  platformCode?: number | null
  /** How long to wait before calling again; null when nobody said. */
  retryAfterMs?: number | null
}

/**
 * A call to another service that did not do what it should. `code` is stable and says what happened; `message` says what
 * to do. Holds no key and no text of the request.
 */
export class OutboundError extends DynablockError implements Circumstances {
  override readonly name: string = 'OutboundError'
  readonly service: Service
  readonly operation: string
  readonly page: string | null
  readonly carriedOut: CarriedOut
  readonly httpStatus: number | null
  readonly platformCode: number | null
  readonly retryAfterMs: number | null

  constructor(code: ErrorCode, message: string, circumstances: Circumstances, options?: ErrorOptions) {
    super(code, message, options)
    this.service = circumstances.service
    this.operation = circumstances.operation
    this.page = circumstances.page
    this.carriedOut = circumstances.carriedOut
    this.httpStatus = circumstances.httpStatus ?? null
    this.platformCode = circumstances.platformCode ?? null
    this.retryAfterMs = circumstances.retryAfterMs ?? null
  }
}

/** ManyChat refused, or could not be asked. */
export class ManyChatError extends OutboundError {
  override readonly name = 'ManyChatError'
}

/** The Maton gateway refused on its own account, or could not be asked. */
export class MatonError extends OutboundError {
  override readonly name = 'MatonError'
}

/** Chatfuel refused, or could not be asked. */
export class ChatfuelError extends OutboundError {
  override readonly name = 'ChatfuelError'
}

const classes = { manychat: ManyChatError, maton: MatonError, chatfuel: ChatfuelError }

/** What the services are called in messages. */
const serviceNames: Readonly<Record<Service, string>> = {
  manychat: 'ManyChat',
  maton: 'Maton',
  chatfuel: 'Chatfuel',
}

const again: Readonly<Record<CarriedOut, string>> = {
  no: 'It was not carried out: it may be called again.',
  unknown: 'It may have been carried out: look before it is called again.',
}

/** What the circumstances themselves fill in. */
type Filled = 'service' | 'operation' | 'status' | 'again'

/** Makes the error of that row, as the class of the service. */
export function createOutboundError<Code extends ErrorCode>(
  code: Code,
  circumstances: Circumstances,
  values: Omit<Values<Code>, Filled>,
  options?: ErrorOptions,
): OutboundError {
  const { service, operation, httpStatus, platformCode, carriedOut } = circumstances
  const status = `HTTP ${httpStatus}${platformCode ? `, code ${platformCode}` : ''}`
  const filled = { service: serviceNames[service], operation, status, again: again[carriedOut] }
  return new classes[service](code, formatMessage(code, { ...filled, ...values }), circumstances, options)
}
