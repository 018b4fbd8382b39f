/** Adds sends until it is killed, and says the id of each that is promised to be kept. */
import { createQueue } from '../../../src/sends/queue.ts'
import { openStore } from '../../../src/sends/store.ts'
import { send } from '../send.ts'

const queue = createQueue(await openStore(JSON.parse(process.argv[2] as string)))
for (let n = 0; ; n++) {
  const added = await queue.add([send({ params: { n } }), send({ params: { n } })])
  process.send?.(added.map(({ send }) => send.id))
}
