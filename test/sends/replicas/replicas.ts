/**
 * Three servers on one PostgreSQL, and a platform that refuses calls over its limit: `npm run test:replicas`. One page has
 * single sends to many contacts, the other has many sends to each of a few.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../../src/store/store.ts'
import { type Owner, schemaOptions, withOwner } from '../../store/stores.ts'
import { until } from '../../until.ts'
import { accept, answer, type Delivery, startRecordingPlatform } from '../recording-platform.ts'
import { sendBody, startServer } from '../server-process.ts'

export interface ReplicasOptions {
  /** Sends on the first page, each to another contact. */
  singles: number
  /** Contacts on the second page. */
  contacts: number
  sendsPerContact: number
  /** The time in which the platform accepts 25 calls per page; ManyChat's is a second. */
  windowMs: number
  withinMs: number
}

export interface Counts {
  delivered: number
  /** The share of the limit used between the first and the last arrival. */
  'used on page 1, %': number
  'used on page 2, %': number
  'refused by 429': number
  'most in a second': number
  'out of order': number
  'two at once': number
  /** The longest stall. Beyond the 15 ms that the rate leaves free, calls that arrived in time seem to arrive in bunches. */
  'platform held up, ms': number
}

const limit = 25
const pages = ['7000000000000000001', '7000000000000000002'] as const

export async function replicas(
  owner: Owner,
  { singles, contacts, sendsPerContact, windowMs, withinMs }: ReplicasOptions,
) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const refused = new Set<Delivery>()
  const platform = await startRecordingPlatform(owner, async (delivery, response) => {
    const { page, at } = delivery
    const recent = platform.deliveries.filter(other => other.page === page && at - other.at < windowMs)
    if (recent.length > limit) {
      refused.add(delivery)
      return answer(response, 429, '{"status":"error","message":"Too many requests"}')
    }
    await sleep(20 + Math.random() * 40)
    accept(delivery, response)
  })
  await warmUp(platform)
  const options = schemaOptions(owner)
  await (await openStore(options)).close()
  const servers = Array.from({ length: 3 }, () =>
    startServer(options, { manychatApiKeys: pages.map(page => `${page}:key`), manychatApiUrl: platform.url }),
  )
  for (const { kill } of servers) owner.teardown(kill)
  await Promise.all(servers.map(({ ready }) => ready()))

  const lines = [
    ...Array.from({ length: singles }, (_, i) => sendBody(pages[0], `${5_000_000 + i}`, String(i))),
    ...Array.from({ length: contacts * sendsPerContact }, (_, i) =>
      sendBody(pages[1], `${6_000_000 + (i % contacts)}`, String(i)),
    ),
  ]
  const [server] = servers as [(typeof servers)[0]]
  const { status, text } = await server.call('POST', '/sends', lines.join('\n'), 'application/x-ndjson')
  if (status !== 202 && status !== 200) throw new Error(`the sends were not taken: ${status} ${text}`)
  await until(() => platform.deliveries.filter(({ endedAt }) => endedAt).length >= lines.length + refused.size, {
    withinMs,
  })
  for (const { stop } of servers) await stop()
  const taken = platform.deliveries.filter(delivery => !refused.has(delivery))
  delay.disable()
  return { ...count(taken, refused.size), 'platform held up, ms': Math.round(delay.max / 1e6) }
}

/** Keeps the platform's slow first calls out of the measurement. */
async function warmUp({ url, deliveries }: Awaited<ReturnType<typeof startRecordingPlatform>>): Promise<void> {
  const body = '{"subscriber_id":1,"data":{"content":{"messages":[{"text":""}]}}}'
  for (let i = 0; i < 200; i++) {
    await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${i}:key` }, body })
  }
  deliveries.length = 0
}

function count(deliveries: Delivery[], refused: number): Omit<Counts, 'platform held up, ms'> {
  const ofPage = pages.map(page => deliveries.filter(delivery => delivery.page === page))
  const pairs = [...Map.groupBy(deliveries, ({ contact }) => contact).values()].flatMap(his =>
    his.slice(1).map((next, i) => [his[i] as Delivery, next] as const),
  )
  return {
    delivered: new Set(deliveries.map(({ page, text }) => `${page} ${text}`)).size,
    'used on page 1, %': usedOf(ofPage[0] ?? []),
    'used on page 2, %': usedOf(ofPage[1] ?? []),
    'refused by 429': refused,
    'most in a second': Math.max(...ofPage.map(mostInASecond)),
    'out of order': pairs.filter(([before, next]) => Number(next.text) <= Number(before.text)).length,
    'two at once': pairs.filter(([before, next]) => next.at < (before.endedAt ?? Number.POSITIVE_INFINITY)).length,
  }
}

function usedOf(deliveries: Delivery[]): number {
  const seconds = ((deliveries.at(-1)?.at ?? 0) - (deliveries[0]?.at ?? 0)) / 1000
  return Math.round(((deliveries.length - 1) / seconds / limit) * 1000) / 10
}

function mostInASecond(deliveries: Delivery[]): number {
  return Math.max(
    ...deliveries.map(({ at }) => deliveries.filter(other => other.at >= at && other.at < at + 1000).length),
  )
}

if (import.meta.main) {
  const counts = await withOwner(owner =>
    replicas(owner, { singles: 300, contacts: 40, sendsPerContact: 20, windowMs: 1000, withinMs: 120_000 }),
  )
  console.table(counts)
  const isHeld = counts['refused by 429'] + counts['out of order'] + counts['two at once'] === 0
  const isFast = Math.min(counts['used on page 1, %'], counts['used on page 2, %']) >= 90
  process.exitCode = isHeld && isFast && counts.delivered === 1100 ? 0 : 1
}
