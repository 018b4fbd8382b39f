import { DynablockError, type DynablockErrorOptions, type ErrorCode, fillRow, type Values } from '../errors/errors.ts'

/** The service that was called. */
export type Service = 'manychat' | 'maton' | 'chatfuel'

/** Whether the call may have taken effect. After `no` it is safe to call again; after `unknown`, that may do it twice. */
export type CarriedOut = 'no' | 'unknown'

/** The context of an error: what was called, and how far it got. */
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
  /** How long to wait before calling again; null when the answer doesn't say. */
  retryAfterMs?: number | null
}

/**
 * A failed call to another service. `code` is stable and says what happened; `message` also says what to do. Holds no key
 * and no text of the request.
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

  constructor(code: ErrorCode, message: string, circumstances: Circumstances, options?: DynablockErrorOptions) {
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

/** ManyChat refused the call, failed, or could not be reached. */
export class ManyChatError extends OutboundError {
  override readonly name = 'ManyChatError'
}

/** The Maton gateway itself refused the call, failed, or could not be reached. */
export class MatonError extends OutboundError {
  override readonly name = 'MatonError'
}

/** Chatfuel refused the call, failed, or could not be reached. */
export class ChatfuelError extends OutboundError {
  override readonly name = 'ChatfuelError'
}

const classes = { manychat: ManyChatError, maton: MatonError, chatfuel: ChatfuelError }

/** The names of the services in messages. */
const serviceNames: Readonly<Record<Service, string>> = {
  manychat: 'ManyChat',
  maton: 'Maton',
  chatfuel: 'Chatfuel',
}

const again: Readonly<Record<CarriedOut, string>> = {
  no: 'It was not carried out, so it may be called again.',
  unknown: 'It may have been carried out: check before you call again.',
}

/** The placeholders that the circumstances fill. */
type Filled = 'service' | 'operation' | 'status' | 'again'

/** Makes the error of a code, of the class of its service. */
export function createOutboundError<Code extends ErrorCode>(
  code: Code,
  circumstances: Circumstances,
  values: Omit<Values<Code>, Filled>,
  options?: ErrorOptions,
): OutboundError {
  const { service, operation, httpStatus, platformCode, carriedOut } = circumstances
  const status = `HTTP ${httpStatus}${platformCode ? `, code ${platformCode}` : ''}`
  const filled = { service: serviceNames[service], operation, status, again: again[carriedOut] }
  const { message, ...data } = fillRow(code, { ...filled, ...values })
  return new classes[service](code, message, circumstances, { ...data, ...options })
}
