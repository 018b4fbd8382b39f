/**
 * The cost of the client: compares page.getInfo through it with a bare fetch that makes the same request and reads the same
 * answer. Both alternate within each round, so that a change in the machine's load affects both. Prints the medians of the
 * rounds and the median of their ratios (goal: 0.85).
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { createManyChat } from '../src/manychat/client.ts'
import { createRateLimits } from '../src/outbound/limits.ts'

const calls = 10_000
const callsBetweenTurns = 500
const rounds = 5
const key = '1234567890:example-key-example-key-example'
const answer = JSON.stringify({
  status: 'success',
  data: {
    id: 1234567890,
    name: 'Page Name',
    category: 'Business',
    avatar_link: 'https://example.com/avatar.png',
    username: 'pagename',
    about: 'About text',
    description: 'Page description',
    is_pro: true,
    timezone: 'America/New_York',
  },
})

/** Milliseconds of one round. */
interface Times {
  bare: number
  client: number
}

if (isMainThread) await measure()
else serve()

/** Runs in a worker thread, so that the server doesn't slow the client down. */
function serve(): void {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
  })
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port))
}

async function measure(): Promise<void> {
  const worker = new Worker(new URL(import.meta.url))
  const port = await new Promise<number>(resolve => worker.once('message', resolve))
  const baseUrl = `http://127.0.0.1:${port}`
  // At the documented rate the client would wait: run the same code at a rate that is never reached.
  const client = createManyChat({ key, baseUrl, limits: createRateLimits({ share: 1e9 }) })
  console.log(`${calls} page.getInfo, medians of ${rounds} rounds`)
  console.log('| calls in flight | bare fetch, calls/s | client, calls/s | ratio |')
  console.log('|---|---|---|---|')
  for (const inFlight of [1, 16]) {
    const times: Times[] = []
    for (let round = -1; round < rounds; round++) {
      const ms = { bare: 0, client: 0 }
      for (let done = 0; done < calls; done += callsBetweenTurns) {
        ms.bare += await time(() => bareGetInfo(baseUrl), inFlight)
        ms.client += await time(() => client.page.getInfo(), inFlight)
      }
      // The first round warms up.
      if (round >= 0) times.push(ms)
    }
    printRow(inFlight, times)
  }
  await worker.terminate()
}

async function bareGetInfo(baseUrl: string): Promise<unknown> {
  const response = await fetch(`${baseUrl}/fb/page/getInfo`, { headers: { authorization: `Bearer ${key}` } })
  const body = (await response.json()) as { status: string; data: unknown }
  if (body.status !== 'success') throw new Error(body.status)
  return body.data
}

async function time(call: () => Promise<unknown>, inFlight: number): Promise<number> {
  let left = callsBetweenTurns
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: inFlight }, work))
  return performance.now() - startedAt

  async function work(): Promise<void> {
    while (left-- > 0) await call()
  }
}

function printRow(inFlight: number, times: Times[]): void {
  const bare = perSecond(median(times.map(ms => ms.bare)))
  const client = perSecond(median(times.map(ms => ms.client)))
  const ratio = median(times.map(ms => ms.bare / ms.client)).toFixed(2)
  console.log(`| ${inFlight} | ${bare} | ${client} | ${ratio} |`)
}

function perSecond(ms: number): string {
  return ((calls / ms) * 1000).toFixed(0)
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
