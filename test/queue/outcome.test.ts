import { createQueue } from '../../src/queue/queue.ts'
import { claimOne, onBoth } from '../store/engines.ts'
import { delivery, run } from './delivery.ts'

const error = { code: 'DYN_CALL_REFUSED', message: 'the reason' }

onBoth('the end of a job adds its outcome, which has none itself', async (t, { store, clock }) => {
  const queue = createQueue(store, { now: clock.now, tellsOutcomes: true })
  const params = { text: 'canary' }
  await queue.add(['a', 'b', 'c'].map(addressee => delivery({ addressee, params })))
  const [a, b, c] = (await queue.list({})).map(({ id }) => id).reverse()
  const claim = (kind: 'delivery' | 'outcome') => queue.claim({ kind, worker: 'w', limit: 10 })
  t.same(await claim('outcome'), [], 'nothing has ended')
  for (const lease of await claim('delivery')) {
    if (lease.id === a) await queue.finish(lease)
    if (lease.id === b) await queue.kill(lease, error)
  }
  await queue.cancel(c as string)

  const told = await claim('outcome')
  const timestamp = new Date(clock.now()).toISOString()
  t.match(
    told.map(({ params, operation, page, addressee, call }) => ({ ...params, operation, page, addressee, call })),
    [
      { data: { id: a, state: 'done', code: null }, timestamp, operation: 'outcome', page: null, addressee: null },
      { data: { id: b, state: 'dead', code: error.code } },
      { data: { id: c, state: 'cancelled', code: null } },
    ],
  )
  t.equal(new Set(told.map(({ params }) => params?.event)).size, 3)
  t.notMatch(JSON.stringify(told), /canary|the reason/)
  t.same((await queue.list({})).map(({ id }) => id).reverse(), [a, b, c], 'a list of sends has no outcomes')
  t.match((await queue.stats()).byState, [
    { operation: 'sending.sendContent', state: 'dead', count: 1 },
    { operation: 'outcome', state: 'running', count: 3 },
  ])

  const [first, second, third] = told
  if (first) await queue.finish(first)
  if (second) await queue.kill(second, error)
  await queue.cancel(third?.id as string)
  t.same(await claim('outcome'), [])
  await queue.retry(second?.id as string)
  const [again] = await claim('outcome')
  t.equal(again?.params?.event, second?.params?.event, 'told again under the same id')
  await queue.retry(b as string)
  await queue.finish(await claimOne(queue))
  t.match((await claim('outcome'))[0]?.params, { data: { id: b, state: 'done' } }, 'a send that is retried ends again')
})

onBoth(
  'a late reply has the outcome of its delivery, or of its run where there is none',
  async (t, { store, clock }) => {
    const queue = createQueue(store, { now: clock.now, tellsOutcomes: true })
    const answer = { operation: 'sending.sendContent', params: { n: 1 } }
    const answered = await queue.addRun(run({ addressee: 'a' }), 'w')
    await queue.answer(answered, answer, null)
    const silent = await queue.addRun(run({ addressee: 'b' }), 'w')
    await queue.finish(silent)
    const late = await queue.addRun(run({ addressee: 'c' }), 'w')
    await queue.answer(late, answer, { code: 'DYN_RUN_LATE', message: 'late' })
    const claim = async () =>
      (await queue.claim({ kind: 'outcome', worker: 'w', limit: 10 })).map(({ params }) => params?.data)
    t.same(await claim(), [{ id: late.id, state: 'dead', code: 'DYN_RUN_LATE' }])
    const delivered = await queue.claim({ kind: 'delivery', worker: 'w', limit: 10 })
    for (const lease of delivered) await queue.finish(lease)
    const ended = delivered.map(({ id }) => ({ id, state: 'done', code: null }))
    t.equal(ended.length, 2, 'the reply, and the fallback of the late one')
    t.same(await claim(), ended)
  },
)

onBoth('where nobody is told, nothing is added', async (t, { queue }) => {
  await queue.add([delivery()])
  await queue.finish(await claimOne(queue))
  t.same(await queue.claim({ kind: 'outcome', worker: 'w', limit: 10 }), [])
})
