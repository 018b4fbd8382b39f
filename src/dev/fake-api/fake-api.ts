/** A local imitation of ManyChat's Public API, so that late replies and `call.manychat` work without a key. */
import { stringifyExact } from '../../json/exact-json.ts'
import { type Operation, operations } from '../../manychat/operations.ts'
import { systemClock } from '../../outbound/clock.ts'
import { type Account, createAccount } from './account.ts'
import { type ApiAnswer, html, limited, noKey, Refusal, uninstalled, unknownPath, wrongKey } from './failure.ts'
import type { Handler } from './handler.ts'
import { pageOfKey } from './key.ts'
import { pageHandlers, templateHandlers } from './page-handlers.ts'
import { checkParams, type Params, readParams } from './params.ts'
import { sendingHandlers } from './sending-handlers.ts'
import { subscriberHandlers } from './subscriber-handlers.ts'
import { createSubscribers, type SubscribersOptions } from './subscribers.ts'
import { createWindows } from './windows.ts'

/** Faults that can be simulated. `window`: the 24 hours are over; `silent`: no answer comes. */
export const faults = ['none', 'limited', 'window', 'uninstalled', 'html', 'slow', 'silent'] as const
export type Fault = (typeof faults)[number]

export interface ApiRequest {
  method: string
  /** Starts with `/fb/` or `/user/`; includes the query. */
  path: string
  authorization: string | undefined
  body: string
}

/** An answered call, as reported to `onCall`. */
export interface ApiCall {
  at: number
  operation: string
  page: string
  params: Record<string, unknown>
  status: number
  /** The body of the answer. */
  answer: string
  ms: number
}

export interface FakeApiOptions extends SubscribersOptions {
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Every call waits for this first. */
  ready?: () => Promise<void>
  onCall?: (call: ApiCall) => void
}

const slowMs = 4000
/** Longer than any client waits. */
const silentMs = 600_000
const hourMs = 3_600_000
const groups = {
  page: pageHandlers,
  subscriber: subscriberHandlers,
  sending: sendingHandlers,
  template: templateHandlers,
}
const byPath = new Map(
  Object.entries(operations as Record<string, Record<string, Operation>>).flatMap(([group, members]) =>
    Object.entries(members).map(([name, operation]) => {
      const handle = (groups as Record<string, Record<string, Handler>>)[group]?.[name] as Handler
      return [operation.path, { name: `${group}.${name}`, operation, handle }] as const
    }),
  ),
)

export type FakeApi = ReturnType<typeof createFakeApi>

export function createFakeApi({
  sleep = systemClock.sleep,
  ready = async () => undefined,
  onCall = () => undefined,
  ...options
}: FakeApiOptions) {
  const { now } = options
  const accounts = new Map<string, Account>()
  const subscribers = createSubscribers(options)
  const windows = createWindows(now)
  let fault: Fault = 'none'
  return {
    answer,
    fetch: fetchFake,
    subscribers,
    accountOf,
    fault: () => fault,
    setFault: (next: Fault) => {
      fault = next
    },
  }

  /** Rejects only when the signal aborts. */
  async function answer(request: ApiRequest, signal?: AbortSignal): Promise<ApiAnswer> {
    const startedAt = now()
    const known = byPath.get(request.path.split('?')[0] as string)
    const call = { at: startedAt, operation: known?.name ?? request.path, page: '', params: {} }
    const given = await attempt(() => carryOut(request, known, call), signal)
    onCall({ ...call, status: given.status, answer: given.body, ms: now() - startedAt })
    return given
  }

  async function attempt(carryOut: () => unknown, signal?: AbortSignal): Promise<ApiAnswer> {
    await ready()
    if (fault === 'slow') await sleep(slowMs, signal)
    if (fault === 'silent') await sleep(silentMs, signal)
    if (fault === 'html') return { status: 502, ...html('502 Bad Gateway') }
    try {
      const data = carryOut()
      const body = stringifyExact({ status: 'success', ...(data !== undefined && { data }) })
      return { status: 200, type: 'application/json', body }
    } catch (error) {
      if (error instanceof Refusal) return error.answer
      throw error
    }
  }

  function carryOut(
    request: ApiRequest,
    known: ReturnType<typeof byPath.get>,
    call: Pick<ApiCall, 'page' | 'params'>,
  ): unknown {
    if (!known || known.operation.method !== request.method) throw unknownPath()
    if (request.authorization === undefined) throw noKey()
    const page = pageOfKey(request.authorization)
    if (page === undefined) throw wrongKey()
    if (fault === 'uninstalled') throw uninstalled()
    const { operation, name, handle } = known
    const given = readParams(request)
    Object.assign(call, { page, params: given })
    if (fault === 'limited' || !isWithinLimits(page, name, operation, given)) throw limited()
    const params = checkParams(operation, given)
    return handle(params, { page, account: accountOf(page), subscribers, isWindowClosed: fault === 'window' })
  }

  function isWithinLimits(page: string, name: string, { rps, perSubscriberHour }: Operation, params: Params): boolean {
    if (rps !== null && !windows.admit(`${page} ${name}`, rps, 1000)) return false
    if (perSubscriberHour === undefined) return true
    return windows.admit(`${page} ${name} ${params.subscriber_id}`, perSubscriberHour, hourMs)
  }

  /** The tags, fields, topics and growth tools of a page. */
  function accountOf(page: string): Account {
    const account = accounts.get(page) ?? createAccount()
    accounts.set(page, account)
    return account
  }

  /** A `fetch` that answers without a socket. */
  async function fetchFake(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const { pathname, search } = new URL(String(input))
    const authorization = new Headers(init.headers).get('authorization') ?? undefined
    const request = {
      method: init.method ?? 'GET',
      path: `${pathname}${search}`,
      authorization,
      body: String(init.body ?? ''),
    }
    const { status, type, body } = await answer(request, init.signal ?? undefined)
    return new Response(body, { status, headers: { 'content-type': type } })
  }
}
