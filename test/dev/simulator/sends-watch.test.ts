import t from 'tap'
import { createSendsWatch } from '../../../src/dev/simulator/sends-watch.ts'
import type { SendView } from '../../../src/sends/send-view.ts'
import { startFakePlatform } from '../../fake-platform.ts'

t.test('it asks for the sends of those who are watched, again and again', async t => {
  const { url, heard, answerWith } = await startFakePlatform(t)
  answerWith({ status: 503 }, { body: '{"sends":[{"id":"1"}]}' })
  const { promise: listed, resolve } = Promise.withResolvers<SendView[]>()
  const watch = createSendsWatch({
    ownUrl: () => url,
    apiToken: 'a-token',
    watched: () => [{ contact: '17', setSends: resolve }],
    everyMs: 1,
  })
  watch.start()
  t.match(await listed, [{ id: '1' }], 'a store that is away is asked again')
  watch.stop()
  t.match(heard[0], {
    method: 'GET',
    path: '/sends?addressee=17&limit=20',
    headers: { authorization: 'Bearer a-token' },
  })
})

t.test('it stops, also while it asks', async t => {
  const { url, answerWith } = await startFakePlatform(t)
  const { promise: done, resolve } = Promise.withResolvers<void>()
  answerWith({ body: '{"sends":[]}' })
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
  const watch = createSendsWatch({ ownUrl: () => url, apiToken: 'a-token', watched, everyMs: 1 })
  watch.start()
  await done
  t.equal(looks, 1)
})
