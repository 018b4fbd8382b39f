/** A local imitation of ManyChat's Public API, so that late replies and `call.manychat` work without a key. */
import { stringifyExact } from '../../json/exact-json.ts'
import { findMismatch, type Mismatch } from '../../json/mismatch.ts'
import { parseObject } from '../../json/object.ts'
import { type Operation, operations } from '../../manychat/operations.ts'
import { systemClock } from '../../outbound/clock.ts'
import { type Account, createAccount } from './account.ts'
import { type ApiAnswer, invalid, limited, Refusal, uninstalled, unknownPath, wrongKey } from './failure.ts'
import type { Handler } from './handler.ts'
import { pageHandlers, templateHandlers } from './page-handlers.ts'
import { sendingHandlers } from './sending-handlers.ts'
import { subscriberHandlers } from './subscriber-handlers.ts'
import { createSubscribers } from './subscribers.ts'
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

export interface FakeApiOptions {
  /** Milliseconds since 1970. */
  now: () => number
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
      const handle = groups[group as keyof typeof groups][name] as Handler
      return [operation.path, { name: `${group}.${name}`, operation, handle }] as const
    }),
  ),
)

/** The key that the fake API accepts for a page. */
export function fakeKey(page: string): string {
  return `${page}:simulator`
}

export type FakeApi = ReturnType<typeof createFakeApi>

export function createFakeApi({
  now,
  sleep = systemClock.sleep,
  ready = async () => undefined,
  onCall = () => undefined,
}: FakeApiOptions) {
  const accounts = new Map<string, Account>()
  const subscribers = createSubscribers()
  const windows = createWindows(now)
  let fault: Fault = 'none'
  return {
    answer,
    fetch: fetchFake,
    subscribers,
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
    if (fault === 'html') return { status: 502, type: 'text/html', body: '<html><h1>502 Bad Gateway</h1></html>' }
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
    { method, path, authorization, body }: ApiRequest,
    known: ReturnType<typeof byPath.get>,
    call: Pick<ApiCall, 'page' | 'params'>,
  ): unknown {
    if (!known || known.operation.method !== method) throw unknownPath()
    const page = /^Bearer (\d+|default):simulator$/i.exec(authorization ?? '')?.[1]
    if (page === undefined) throw wrongKey()
    if (fault === 'uninstalled') throw uninstalled()
    const { operation, name, handle } = known
    const params = method === 'GET' ? readQuery(path) : readBody(body)
    Object.assign(call, { page, params })
    if (fault === 'limited' || !isWithinLimits(page, name, operation, params)) throw limited()
    requireParams(operation, params)
    return handle(params, { page, account: accountOf(page), subscribers, isWindowClosed: fault === 'window' })
  }

  function isWithinLimits(page: string, name: string, { rps, perSubscriberHour }: Operation, params: Params): boolean {
    if (rps !== null && !windows.admit(`${page} ${name}`, rps, 1000)) return false
    if (perSubscriberHour === undefined) return true
    return windows.admit(`${page} ${name} ${params.subscriber_id}`, perSubscriberHour, hourMs)
  }

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

type Params = Record<string, unknown>

/** Applies the operation's schema and `prepare`. Content is checked later, for the contact's channel. */
function requireParams({ params: schema, prepare }: Operation, params: Params): void {
  const mismatch = findMismatch(schema, params)
  if (mismatch) throw invalid(requirement(mismatch))
  if ('data' in params) return
  const prepared = prepare?.(params, { allowLoopback: true })
  if (prepared && 'expected' in prepared) throw invalid(requirement(prepared))
}

function requirement({ expected, got }: Mismatch): string {
  return `Required: ${expected}; got ${got}`
}

function readQuery(path: string): Params {
  return Object.fromEntries(new URL(path, 'http://simulator').searchParams)
}

function readBody(body: string): Params {
  const params = parseObject(body)
  if (!params) throw invalid('The body must be a JSON object')
  return params
}
