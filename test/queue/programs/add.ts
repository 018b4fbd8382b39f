/** Adds sends until it is killed, and reports the id of each send that the queue accepted. */
import { createQueue } from '../../../src/queue/queue.ts'
import { openStore } from '../../../src/store/store.ts'
import { delivery } from '../delivery.ts'

const queue = createQueue(await openStore(JSON.parse(process.argv[2] as string)))
for (let n = 0; ; n++) {
  const added = await queue.add([delivery({ params: { n } }), delivery({ params: { n } })])
  process.send?.(added.map(({ job }) => job.id))
}
