/** Reserves slots of one line for a number of calls, and reports when each call left. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createSharedRateLimits } from '../../../src/store/rate-limits.ts'
import { openStore } from '../../../src/store/store.ts'

const store = await openStore(JSON.parse(process.argv[2] as string))
const limits = createSharedRateLimits(store)
const clock = () => Number(process.hrtime.bigint()) / 1e6
process.send?.('ready')
let left = Number(process.argv[3])
await Promise.all(Array.from({ length: 12 }, work))
await store.close()

async function work(): Promise<void> {
  while (left > 0) {
    left--
    while (!(await call()));
  }
}

/** A call delayed by a stall of the process takes another slot, because it would coincide with the calls behind it. */
async function call(): Promise<boolean> {
  const askedAt = clock()
  const { granted, waitMs } = await limits.reserve([{ name: 'page', perSecond: 25 }], 1000)
  await sleep(waitMs)
  if (!granted) return false
  const at = clock()
  const isLate = at - askedAt - waitMs > 15
  process.send?.({ at, isLate })
  return !isLate
}
