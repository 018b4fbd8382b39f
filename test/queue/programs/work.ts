/** Works until nothing waits; reports each send with its start and end, on a clock that all processes share. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lease } from '../../../src/queue/job.ts'
import { createQueue } from '../../../src/queue/queue.ts'
import { openStore } from '../../../src/store/store.ts'

const store = await openStore(JSON.parse(process.argv[2] as string))
const queue = createQueue(store)
const clock = () => Number(process.hrtime.bigint()) / 1e6
process.send?.('ready')
while ((await queue.stats()).byState.length > 0) {
  const leases = await queue.claim({ kind: 'delivery', worker: String(process.pid), limit: 6 })
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
