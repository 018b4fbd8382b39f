import { createError } from '../errors/errors.ts'
import { findMismatch, type Mismatch } from '../json/mismatch.ts'
import { type CallOptions, createExchange, type OutboundCall, type OutboundOptions } from '../outbound/exchange.ts'
import type { Rate } from '../outbound/limits.ts'
import { checkAddress, checkKey } from '../outbound/options.ts'
import { createOutboundError } from '../outbound/outbound-error.ts'
import { carriesMedia, mediaTimeoutMs } from './media.ts'
import { type AnswerOf, type Operation, type Operations, operations, type ParamsOf } from './operations.ts'
import { buildRequest } from './request.ts'
import { readResponse } from './response.ts'

/** Exactly one of `key`, `appKey` and `maton`. */
export type ManyChatOptions = OutboundOptions &
  ManyChatKey & {
    /** Put before the paths of the operations; default `https://api.manychat.com`, for Maton its gateway. */
    baseUrl?: string | undefined
    /** Names the page in rates, logs and errors; default: the connection, or the page id at the start of the key. */
    page?: string | undefined
    /** Callbacks in content may use http to this machine, as in development; default false. */
    allowLoopback?: boolean | undefined
  }

type ManyChatKey =
  | { /** The token of Settings, API: `<page id>:<key>`. */ key: string; appKey?: undefined; maton?: undefined }
  | { /** Sent by ManyChat when the app was installed. */ appKey: string; key?: undefined; maton?: undefined }
  | {
      /** The gateway holds the key; without a `connection` it uses the oldest active one. */
      maton: { key: string; connection?: string | undefined }
      key?: undefined
      appKey?: undefined
    }

type Method<O extends Operation> = (
  ...args: object extends ParamsOf<O>
    ? [params?: ParamsOf<O>, options?: CallOptions]
    : [params: ParamsOf<O>, options?: CallOptions]
) => Promise<AnswerOf<O>>

type Groups = Readonly<Record<string, Readonly<Record<string, Operation>>>>

/** Every operation of the Public API, as `client.<group>.<operation>(params)`. */
export type ManyChat = {
  readonly [G in keyof Operations]: { readonly [N in keyof Operations[G]]: Method<Operations[G][N] & Operation> }
}

/** For operations without a documented rate: the lowest that is documented for any other. */
const undocumentedRps = 10

/**
 * Creates a client of ManyChat's Public API for one page. Each operation takes one object with the wire's own parameter
 * names and returns the answer's `data`. Ids may be strings of digits, bigints or safe integers; they are sent as bare
 * digits and returned as strings. Calls wait for their turn under the documented rates. Nothing is retried.
 *
 * @throws DynablockError `DYN_CLIENT_OPTIONS`; the operations throw `ManyChatError` and, through the gateway, `MatonError`:
 * see docs/manychat-api.md
 * @example
 * const manychat = createManyChat({ key: process.env.MANYCHAT_API_KEY ?? '' })
 * await manychat.sending.sendFlow({ subscriber_id: '9007199254740993123', flow_ns: 'content20180221085508_278589' })
 */
export function createManyChat(options: ManyChatOptions): ManyChat {
  const { secret, service, defaultUrl, headers } = readKey(options)
  const { page = options.maton?.connection ?? /^(\d+):/.exec(secret)?.[1] ?? null, allowLoopback = false } = options
  const baseUrl = checkAddress(options.baseUrl ?? defaultUrl)
  const exchange = createExchange(options)
  const isAppKey = options.appKey !== undefined
  return mapValues(operations as Groups, (group, groupName) =>
    mapValues(group, (operation, name) => bind(`${groupName}.${name}`, operation)),
  ) as unknown as ManyChat

  function bind(name: string, operation: Operation) {
    return async (params: object = {}, { signal }: CallOptions = {}): Promise<unknown> => {
      const call = buildCall(name, operation, params, signal)
      const options = { isAppKey, hasMedia: carriesMedia(params), answer: operation.answer }
      return exchange(call, (answer, call) => readResponse(answer, call, options))
    }
  }

  function buildCall(
    name: string,
    operation: Operation,
    params: object,
    signal: AbortSignal | undefined,
  ): OutboundCall {
    const mismatch = findMismatch(operation.params, params)
    if (mismatch) throw paramsError(name, mismatch)
    const prepared = operation.prepare?.(params as Record<string, unknown>, { allowLoopback }) ?? { params }
    if (!('params' in prepared)) throw paramsError(name, prepared)
    return {
      ...buildRequest(operation, prepared.params, baseUrl),
      service,
      operation: name,
      page,
      writes: operation.writes,
      headers: operation.method === 'GET' ? headers : { ...headers, 'content-type': 'application/json' },
      rates: listRates(name, operation, params),
      secrets: [secret],
      params,
      signal,
      ...(carriesMedia(params) && { timeoutMs: mediaTimeoutMs }),
    }
  }

  function listRates(name: string, { rps, perSubscriberHour }: Operation, params: object): Rate[] {
    const line = `${service}/${page}/${name}`
    const rate = { name: line, perSecond: rps ?? undocumentedRps }
    if (perSubscriberHour === undefined) return [rate]
    const { subscriber_id } = params as { subscriber_id: unknown }
    return [rate, { name: `${line}/${subscriber_id}`, count: perSubscriberHour, windowMs: 3_600_000 }]
  }

  function paramsError(operation: string, mismatch: Mismatch) {
    return createOutboundError('DYN_CALL_PARAMS', { service, operation, page, carriedOut: 'no' }, { ...mismatch })
  }
}

function readKey({ key, appKey, maton }: ManyChatOptions) {
  const given = [key, appKey, maton].filter(value => value !== undefined)
  if (given.length !== 1) {
    throw createError('DYN_CLIENT_OPTIONS', {
      expected: 'one of key, appKey and maton',
      got: given.length === 0 ? 'none' : String(given.length),
      remedy: 'Copy the key from Settings, API of the page.',
    })
  }
  const secret = checkKey(maton ? maton.key : (key ?? appKey))
  const authorization = `Bearer ${secret}`
  if (!maton) {
    return { secret, service: 'manychat', defaultUrl: 'https://api.manychat.com', headers: { authorization } } as const
  }
  return {
    secret,
    service: 'maton',
    defaultUrl: 'https://gateway.maton.ai/manychat',
    headers: { authorization, ...(maton.connection && { 'maton-connection': checkKey(maton.connection) }) },
  } as const
}

function mapValues<V, R>(object: Readonly<Record<string, V>>, map: (value: V, key: string) => R): Record<string, R> {
  return Object.freeze(Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)])))
}
