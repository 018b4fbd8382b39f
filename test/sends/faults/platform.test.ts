/** The real worker and clients with a failing platform. The test moves the clock; the sockets are real. */
import type { ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import { createDispatch, maxSlotWaitMs } from '../../../src/delivery/dispatch.ts'
import { createPerform } from '../../../src/delivery/perform.ts'
import { createPages } from '../../../src/manychat/pages.ts'
import { createRateLimits } from '../../../src/outbound/limits.ts'
import { createManualClock } from '../../delivery/manual-clock.ts'
import { openWorker } from '../../delivery/open-worker.ts'
import { until } from '../../until.ts'
import { contentOf, page } from '../desk.ts'
import { accept, answer, type Delivery, startRecordingPlatform } from '../recording-platform.ts'

const minuteMs = 60_000

/** Two sends to each of two contacts, at a platform that fails for a minute. */
async function failForAMinute(t: Test, fail: (response: ServerResponse, delivery: Delivery) => void) {
  const clock = createManualClock()
  const failsUntil = clock.now() + minuteMs
  const times: number[] = []
  const platform = await startRecordingPlatform(t, (delivery, response) => {
    times.push(clock.now())
    if (clock.now() < failsUntil) fail(response, delivery)
    else accept(delivery, response)
  })
  const appKeys = { keyOf: () => null, pages: () => [] } as never
  const shared = { limits: createRateLimits({ clock }), clock, maxWaitMs: maxSlotWaitMs }
  const pages = createPages({ keys: [`${page}:key`], appKeys, baseUrl: platform.url, ...shared })
  const bots = { v1For: () => t.fail('no bot is asked') as never, v2For: () => t.fail('no bot is asked') as never }
  const dispatch = createDispatch({ pages, bots })
  const knownNames = () => t.fail('no names are asked for') as never
  const perform = createPerform({ dispatch, fallbackFlows: new Map(), knownNames, now: clock.now })
  const { queue, rows, start, stop } = await openWorker(t, { perform, clock })
  await queue.add(
    ['a1', 'b1', 'a2', 'b2'].map(text => ({
      operation: 'sending.sendContent',
      page,
      addressee: text.slice(0, 1),
      params: { ...contentOf(text), subscriber_id: text.startsWith('a') ? '1' : '2' },
    })),
  )
  start()
  await until(
    async () => {
      // Wait for calls on their way before moving the clock.
      const isUnderWay = platform.deliveries.some(({ endedAt }) => endedAt === null)
      await clock.pass(isUnderWay ? 0 : 250)
      return (await rows()).every(({ state }) => state === 'done')
    },
    { everyMs: 1 },
  )
  await stop()
  const taken = platform.deliveries.filter((_, i) => (times[i] as number) >= failsUntil).map(({ text }) => text)
  return { taken, rows: await rows(), refused: times.length - taken.length }
}

const faults: Record<string, (response: ServerResponse, delivery: Delivery) => void> = {
  'HTML in place of JSON': response => answer(response, 200, '<html><body>Just a moment</body></html>'),
  'a gateway that says so in HTML': response => answer(response, 502, '<html>Bad gateway</html>'),
  'an answer without a body': response => answer(response, 200, ''),
  'a connection that breaks': (response, delivery) => {
    delivery.endedAt = performance.now()
    response.destroy()
  },
  'a connection that breaks in mid-answer': (response, delivery) => {
    delivery.endedAt = performance.now()
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"status":')
    setImmediate(() => response.destroy())
  },
}

for (const [name, fail] of Object.entries(faults)) {
  t.test(`${name} for a minute: all arrive, in the order of each contact`, async t => {
    const { taken, refused, rows } = await failForAMinute(t, fail)
    t.same(taken.toSorted(), ['a1', 'a2', 'b1', 'b2'])
    t.ok(taken.indexOf('a1') < taken.indexOf('a2') && taken.indexOf('b1') < taken.indexOf('b2'))
    t.ok(refused >= 4 && refused <= 20, `tried ${refused} times in the minute`)
    t.ok((rows[0]?.attempts ?? 0) > 1)
  })
}

t.test('429 for a minute: all arrive, in order, and no attempt is counted', async t => {
  const { taken, refused, rows } = await failForAMinute(t, response =>
    answer(response, 429, '{"status":"error","message":"Too many requests"}'),
  )
  t.same(taken.toSorted(), ['a1', 'a2', 'b1', 'b2'])
  t.ok(taken.indexOf('a1') < taken.indexOf('a2') && taken.indexOf('b1') < taken.indexOf('b2'))
  t.ok(refused >= 2 && refused <= 20, `tried ${refused} times in the minute`)
  t.same(
    rows.map(({ attempts }) => attempts),
    [1, 1, 1, 1],
  )
})
