import t, { type Test } from 'tap'
import { createSendsWatch } from '../../../src/dev/simulator/sends-watch.ts'
import type { SendView } from '../../../src/sends/send-view.ts'

t.test('it asks for the sends of those who are watched, again and again', async t => {
  keepAlive(t)
  const asked: string[] = []
  const list = async (contact: string) => {
    if (asked.push(contact) === 1) throw new Error('the store is not open yet')
    return [{ id: '1' } as SendView]
  }
  const { promise: listed, resolve } = Promise.withResolvers<SendView[]>()
  const watch = createSendsWatch({ list, watched: () => [{ contact: '17', setSends: resolve }], everyMs: 1 })
  watch.start()
  t.match(await listed, [{ id: '1' }], 'a store that is away is asked again')
  watch.stop()
  t.same(asked.slice(0, 2), ['17', '17'])
})

t.test('it stops, also while it asks', async t => {
  keepAlive(t)
  const { promise: done, resolve } = Promise.withResolvers<void>()
  let looks = 0
  const setSends = () => {
    watch.stop()
    // Timers fire in order of their times, so another poll would come first.
    setTimeout(resolve, 20)
  }
  const watched = () => {
    looks++
    return [{ contact: '17', setSends }]
  }
  const watch = createSendsWatch({ list: async () => [], watched, everyMs: 1 })
  watch.start()
  await done
  t.equal(looks, 1)
})

/** The watch alone keeps no process alive, as it must not hold up the end of a server. */
function keepAlive(t: Test): void {
  const timer = setInterval(() => {}, 1000)
  t.teardown(() => clearInterval(timer))
}
