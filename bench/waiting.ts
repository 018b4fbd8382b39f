/**
 * The memory of calls whose handlers are slow: `node bench/waiting.ts [calls]`. All of them call within two
 * seconds, are promised a reply, and get it 15 s later.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { contactBody } from './contact.ts'
import { headers, startProgram } from './programs.ts'
import { median } from './statistics.ts'

const count = Number(process.argv[2] ?? 2000)
const handlerMs = 15_000
const arriveWithinMs = 2000
/** The page of `contactBody`. */
const page = '1234567890123456789'
const firstId = 9_007_199_254_000_000n
const folder = mkdtempSync(join(tmpdir(), 'dynablock-bench-'))
writeFileSync(
  join(folder, 'size.ts'),
  `import { setTimeout } from 'node:timers/promises'
import { defineBlock } from 'dynablock'
export default defineBlock({
  waiting: 'One moment',
  open: ({ contact }) => contact.id < '${firstId}' || contact.id.length > 16 ? 'Hi' : setTimeout(${handlerMs}, 'Here it is'),
})
`,
)
/** What a kept connection takes is no part of a waiting call. */
const closing = { ...headers, connection: 'close' }
const delivered = new Set<string>()
const platform = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  delivered.add(/"subscriber_id":"?(\d+)/.exec(Buffer.concat(chunks).toString())?.[1] ?? '')
  response.setHeader('content-type', 'application/json').end('{"status":"success"}')
}).listen(0, '127.0.0.1')
await new Promise(resolve => platform.once('listening', resolve))

const program = await startProgram('dynablock', {
  BLOCKS_DIR: folder,
  REPLY_WITHIN_MS: '1000',
  MANYCHAT_API_KEYS: `${page}:key`,
  MANYCHAT_API_URL: `http://127.0.0.1:${(platform.address() as AddressInfo).port}`,
})
try {
  // The young generation grows to its limit first.
  for (let i = 0; i < 200; i++) await Promise.all(Array.from({ length: 50 }, () => call(contactBody)))
  await sleep(1000)
  const idleMiB = program.residentMiB()
  const startedAt = performance.now()
  const seconds = await Promise.all(Array.from({ length: count }, (_, i) => wait(firstId + BigInt(i))))
  await sleep(5000)
  const waitingMiB = program.residentMiB()
  const promised = seconds.filter(each => each !== null)
  while (delivered.size < promised.length && performance.now() - startedAt < 300_000) await sleep(200)
  console.table({
    promised: promised.length,
    'promised after, s (median)': median(promised).toFixed(2),
    delivered: delivered.size,
    'all delivered after, s': Math.round((performance.now() - startedAt) / 1000),
    'resident before, MiB': Math.round(idleMiB),
    'resident while they wait, MiB': Math.round(waitingMiB),
    'kB a waiting call': Math.round(((waitingMiB - idleMiB) * 1024) / promised.length),
  })
} finally {
  await program.stop()
  platform.close()
  rmSync(folder, { recursive: true, force: true })
}

/** Calls as that contact; returns after how many seconds a reply was promised, or null if it got the fallback. */
async function wait(id: bigint): Promise<number | null> {
  await sleep(Math.random() * arriveWithinMs)
  const startedAt = performance.now()
  const answer = await call(contactBody.replaceAll('9007199254740993123', String(id)))
  return answer.includes('One moment') ? (performance.now() - startedAt) / 1000 : null
}

async function call(body: string): Promise<string> {
  const response = await fetch(`${program.origin}/blocks/size`, { method: 'POST', headers: closing, body })
  return response.text()
}
