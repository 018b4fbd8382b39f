/** The parts that carry out sends: real clients, a platform on a socket, and a clock that the test moves. */
import type { Test } from 'tap'
import { createBots } from '../../src/chatfuel/bots.ts'
import { createDispatch, maxSlotWaitMs } from '../../src/delivery/dispatch.ts'
import type { Params } from '../../src/delivery/operations.ts'
import { createPerform, type PerformContext, type PerformOptions } from '../../src/delivery/perform.ts'
import { readKnownNames } from '../../src/delivery/unknown-names.ts'
import { createPages } from '../../src/manychat/pages.ts'
import { createRateLimits, type RateLimits } from '../../src/outbound/limits.ts'
import type { Lease } from '../../src/queue/job.ts'
import { createManualClock } from '../delivery/manual-clock.ts'
import { startFakePlatform } from '../fake-platform.ts'

export const page = '1234567890'
export const subscriber = '9007199254740993123'
export const flow = { field: 'late_text', flow: 'content1' }

export interface DeskOverrides extends Partial<Pick<PerformOptions, 'random'>> {
  fallbackFlows?: [page: string, { field: string; flow: string }][]
  limits?: RateLimits
  fetch?: typeof fetch
  clock?: ReturnType<typeof createManualClock>
}

export async function openDesk(t: Test, overrides: DeskOverrides = {}) {
  const { clock = createManualClock(), fallbackFlows = [[page, flow]], random = () => 0, fetch } = overrides
  const platform = await startFakePlatform(t)
  const shared = { limits: overrides.limits ?? createRateLimits({ clock }), clock, maxWaitMs: maxSlotWaitMs, fetch }
  const appKeys = { keyOf: () => null, pages: () => [] } as never
  const pages = createPages({ keys: [`${page}:key`, '222:key'], appKeys, baseUrl: platform.url, ...shared })
  const entries = ['aa11:token', `aa11:token@${platform.url}/api`]
  const bots = createBots({ entries, baseUrl: platform.url, ...shared })
  const perform = createPerform({
    dispatch: createDispatch({ pages, bots }),
    fallbackFlows: new Map(fallbackFlows),
    knownNames: async (page, signal) => readKnownNames(pages.clientFor(page), signal),
    now: clock.now,
    random,
  })
  return { clock, platform, pages, bots, perform, calls }

  /** The calls that the platform received: the end of each path, and the body. */
  function calls(): [string, unknown][] {
    return platform.heard.map(({ path, body }) => [path.replace(/^.*\//, ''), body === '' ? null : JSON.parse(body)])
  }
}

export function leaseOf(over: Partial<Lease> = {}): Lease {
  return {
    id: '1',
    kind: 'delivery',
    block: null,
    operation: 'sending.sendContent',
    page,
    addressee: subscriber,
    params: contentOf('Hello'),
    call: null,
    isLateReply: false,
    onUnknown: 'retry',
    idempotencyKey: null,
    state: 'running',
    notBefore: 0,
    dueAt: Date.UTC(2026, 0, 1),
    attempts: 1,
    failures: 0,
    lastError: null,
    createdAt: Date.UTC(2026, 0, 1),
    updatedAt: 0,
    lease: 'token',
    worker: 'worker',
    takenOver: false,
    ...over,
  }
}

export function contentOf(...texts: string[]): Params {
  const messages = texts.map(text => ({ type: 'text', text }))
  return { subscriber_id: subscriber, data: { version: 'v2', content: { messages } } }
}

/** The context that the worker passes to a send; remembers the parameters that were kept. */
export function contextOf(over: Partial<PerformContext> = {}) {
  const kept: Params[] = []
  const context: PerformContext = {
    signal: new AbortController().signal,
    keep: async params => kept.push(params) > 0,
    ...over,
  }
  return { context, kept }
}

export const ok = { body: '{"status":"success"}' }
export const refused3011 = { status: 400, body: '{"status":"error","message":"24 hours","code":3011}' }
