/** Reserves slots of one line until all processes together had so many, and says when each call left. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createSharedRateLimits } from '../../../src/sends/slots.ts'
import { openStore } from '../../../src/sends/store.ts'

const store = await openStore(JSON.parse(process.argv[2] as string))
const limits = createSharedRateLimits(store)
const clock = () => Number(process.hrtime.bigint()) / 1e6
process.send?.('ready')
const calls: Promise<void>[] = []
for (let left = Number(process.argv[3]); left > 0; ) {
  const { granted, waitMs } = await limits.reserve([{ name: 'page', perSecond: 25 }], 1000)
  if (granted) {
    left--
    calls.push(call(waitMs))
  } else await sleep(Math.max(1, waitMs - 900))
}
await Promise.all(calls)
await store.close()

async function call(waitMs: number): Promise<void> {
  await sleep(waitMs)
  process.send?.(clock())
}
