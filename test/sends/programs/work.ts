/** Works until nothing waits; says which sends it had, and from when to when, on the clock that all processes share. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createQueue } from '../../../src/sends/queue.ts'
import type { Lease } from '../../../src/sends/send.ts'
import { openStore } from '../../../src/sends/store.ts'

const store = await openStore(JSON.parse(process.argv[2] as string))
const queue = createQueue(store)
const clock = () => Number(process.hrtime.bigint()) / 1e6
process.send?.('ready')
while ((await queue.nextDueAt()) !== null) {
  const leases = await queue.claim({ worker: String(process.pid), limit: 6, leaseMs: 60_000 })
  await Promise.all(leases.map(work))
  if (leases.length === 0) await sleep(2)
}
await store.close()

async function work(lease: Lease): Promise<void> {
  const from = clock()
  await sleep(Math.random() * 4)
  const to = clock()
  if (!(await queue.finish(lease))) throw new Error('a lease was lost')
  process.send?.({ id: Number(lease.id), addressee: lease.addressee, from, to })
}
