import { Type } from '@sinclair/typebox'
import { readAs } from '../json/mismatch.ts'
import {
  answerError,
  createExchange,
  type HttpAnswer,
  type OutboundCall,
  type OutboundOptions,
} from '../outbound/exchange.ts'
import { maskText } from '../outbound/mask.ts'
import { checkAddress, checkKey } from '../outbound/options.ts'
import type { OutboundError } from '../outbound/outbound-error.ts'
import { misshapen, parseBody } from './response.ts'

export interface MatonOptions extends OutboundOptions {
  /** The Maton API key. */
  key: string
  /** Default `https://ctrl.maton.ai`. */
  baseUrl?: string | undefined
}

/** A ManyChat account whose key Maton holds. Any field except the id may be missing. */
export interface MatonConnection {
  connection_id: string
  /** Like `ACTIVE`. */
  status?: string
  /** ISO 8601, like `last_updated_time`. */
  creation_time?: string
  last_updated_time?: string
  /** The page where a person enters the ManyChat key. It contains a token: show it only to that person. */
  url?: string
  app?: string
  metadata?: Record<string, unknown>
  [field: string]: unknown
}

/**
 * Manages the ManyChat connections of a Maton account.
 *
 * Source: the part about connections on Maton's ManyChat page.
 *
 * @throws DynablockError `DYN_CLIENT_OPTIONS`; the functions throw `MatonError`: see docs/maton.md
 */
export function createMatonConnections({ key, baseUrl = 'https://ctrl.maton.ai', ...options }: MatonOptions) {
  const secret = checkKey(key)
  const address = checkAddress(baseUrl)
  const exchange = createExchange(options)
  const get = (id: string) => call('get', 'GET', `/${encodeURIComponent(id)}`, readOne)
  return Object.freeze({
    /** Lists the connections with a status; default `ACTIVE`. */
    list: async ({ status = 'ACTIVE' } = {}) =>
      call('list', 'GET', `?app=manychat&status=${encodeURIComponent(status)}`, readList),
    /** Creates a connection. It works once somebody has entered the ManyChat key at its `url`. */
    create: async () => {
      const created = await call('create', 'POST', '', readOne)
      // The answer may hold the id alone.
      return created.url === undefined ? get(created.connection_id) : created
    },
    get: async (id: string) => get(id),
    /** Deletes a connection; calls that name it are refused from then on. */
    delete: async (id: string) => call('delete', 'DELETE', `/${encodeURIComponent(id)}`, () => undefined),
  })

  function call<T>(name: string, method: OutboundCall['method'], path: string, read: ReadBody<T>): Promise<T> {
    const body = method === 'POST' ? { body: JSON.stringify({ app: 'manychat' }) } : {}
    const outgoing: OutboundCall = {
      service: 'maton',
      operation: `connections.${name}`,
      page: null,
      writes: method !== 'GET',
      method,
      url: `${address}/connections${path}`,
      headers: {
        authorization: `Bearer ${secret}`,
        ...(method === 'POST' && { 'content-type': 'application/json' }),
      },
      ...body,
      rates: [],
      secrets: [secret],
      params: undefined,
    }
    return exchange(outgoing, (answer, call) => read(readBody(answer, call), () => misshapen(answer, call)))
  }
}

/** `refuse` makes the error for a body of another shape. */
type ReadBody<T> = (body: unknown, refuse: () => OutboundError) => T

function readBody(answer: HttpAnswer, call: OutboundCall): unknown {
  const { status, text } = answer
  const body = parseBody(text)
  const isRead = call.method === 'DELETE' || (typeof body === 'object' && body !== null)
  if (status < 300 && isRead) return body
  throw status >= 400 && status < 500 && status !== 429 ? refusal(answer, call, body) : misshapen(answer, call)
}

function refusal(answer: HttpAnswer, call: OutboundCall, body: unknown): OutboundError {
  const { error, message = error } = Object(body) as { error?: unknown; message?: unknown }
  const said = typeof message === 'string' ? maskText(message, call.secrets, call.params) : 'no reason'
  if (answer.status === 401) return answerError('DYN_MATON_KEY', call, answer, 'no', { got: `HTTP 401 "${said}"` })
  const remedy = 'Look the connection up at Maton.'
  return answerError('DYN_CALL_REFUSED', call, answer, 'no', { got: `"${said}"`, remedy })
}

function readList(body: unknown): MatonConnection[] {
  const { connections = body } = body as { connections?: unknown }
  return Array.isArray(connections) ? connections : []
}

const Connection = Type.Unsafe<MatonConnection>(Type.Object({ connection_id: Type.String({ minLength: 1 }) }))

function readOne(body: unknown, refuse: () => OutboundError): MatonConnection {
  const { connection = body } = body as { connection?: unknown }
  return readAs(Connection, connection, refuse)
}
