import { findMismatch, type Mismatch } from '../json/mismatch.ts'
import { type CallOptions, createExchange, type OutboundCall, type OutboundOptions } from '../outbound/exchange.ts'
import { checkAddress, checkKey } from '../outbound/options.ts'
import { createOutboundError } from '../outbound/outbound-error.ts'
import { SendParams } from './params.ts'
import { chatfuelRps } from './v1.ts'
import { readVerdict } from './verdict.ts'

export interface ChatfuelV2Options extends OutboundOptions {
  /** The address of the service; calls go to `<baseUrl>/<botId>/send`. */
  baseUrl: string
  botId: string
  token: string
}

export const identifiers = ['customer_id', 'customer_email', 'customer_phone', 'customer_fbid'] as const

/**
 * A client of version 2: sends a block or messages to a customer, named by at least one identifier.
 *
 * @throws DynablockError `DYN_CLIENT_OPTIONS`; `send` throws `ChatfuelError`: see docs/chatfuel.md
 */
export function createV2({ baseUrl, botId, token, ...options }: ChatfuelV2Options) {
  const secret = checkKey(token)
  const url = `${checkAddress(baseUrl)}/${encodeURIComponent(botId)}/send`
  const exchange = createExchange(options)
  const rates = [{ name: `chatfuel-v2/${botId}`, perSecond: chatfuelRps }]
  return Object.freeze({ send })

  /** Resolves to the service's answer. Identifiers after the first are stored with the customer. */
  async function send(params: SendParams, { signal }: CallOptions = {}): Promise<Record<string, unknown>> {
    const mismatch = findSendMismatch(params)
    if (mismatch) throw paramsError(mismatch)
    const call: OutboundCall = {
      service: 'chatfuel',
      operation: 'chatfuel.send',
      page: botId,
      writes: true,
      method: 'POST',
      url,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(params, (_name, value) =>
        typeof value === 'number' || typeof value === 'bigint' ? String(value) : value,
      ),
      rates,
      secrets: [secret],
      params,
      signal,
    }
    return exchange(call, readVerdict)
  }

  function paramsError(mismatch: Mismatch) {
    const around = { service: 'chatfuel', operation: 'chatfuel.send', page: botId, carriedOut: 'no' } as const
    return createOutboundError('DYN_CALL_PARAMS', around, { ...mismatch })
  }
}

/** What is wrong with the parameters of `send`, or undefined. */
export function findSendMismatch(params: object): Mismatch | undefined {
  return findMismatch(SendParams, params) ?? findMissing(params as SendParams)
}

function findMissing(params: SendParams): Mismatch | undefined {
  if (identifiers.some(name => params[name] !== undefined)) return undefined
  return { expected: `at least one of ${identifiers.join(', ')}`, got: 'none of them' }
}
