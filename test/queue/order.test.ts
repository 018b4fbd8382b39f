/** Jobs to one addressee run one at a time, in the order in which they are due. */
import { sql } from 'kysely'
import { addOne, claim, claimOne, ids, idsOf, onBoth } from '../store/engines.ts'
import { delivery, run } from './delivery.ts'

const refused = { code: 'DYN_CALL_REFUSED', message: 'no' }
const ana = { addressee: 'ana' }

onBoth('deliveries to one addressee go one at a time, in order', async (t, { queue }) => {
  const added = await queue.add([
    delivery(ana),
    delivery(ana),
    delivery({ addressee: 'bo' }),
    delivery({ ...ana, page: '2' }),
    delivery(),
  ])
  const [first, second, ...others] = idsOf(added)
  const leases = await claim(queue)
  t.strictSame(ids(leases), [first, ...others])
  t.match(leases[0], { state: 'running', attempts: 1, takenOver: false })
  t.strictSame(await claim(queue), [])
  for (const lease of leases) t.ok(await queue.finish(lease))
  t.equal((await claimOne(queue)).id, second)
})

onBoth('what is dead, done or cancelled holds up nobody', async (t, { queue }) => {
  const [a, b, c] = [await addOne(queue, ana), await addOne(queue, ana), await addOne(queue, ana)]
  t.ok(await queue.kill(await claimOne(queue), { code: refused.code, message: 'no\0' }))
  t.match(await queue.get(a), { state: 'dead', lastError: { code: refused.code, message: 'no\ufffd' } })
  t.match(await queue.cancel(b), { state: 'cancelled' })
  const lease = await claimOne(queue)
  t.equal(lease.id, c)
  t.match(await queue.retry(a), { state: 'waiting', attempts: 0 })
  t.strictSame(await claim(queue), [], 'nor may it overtake what is on its way')
  t.ok(await queue.finish(lease))
  t.equal((await claimOne(queue)).id, a)
})

onBoth('one that is due later holds back nothing that is due now', async (t, { queue, clock }) => {
  const later = await addOne(queue, { ...ana, notBefore: clock.now() + 60_000 })
  const now = await addOne(queue, ana)
  const lease = await claimOne(queue)
  t.equal(lease.id, now)
  clock.pass(60_000)
  t.strictSame(await claim(queue), [], 'and waits for what was due before it')
  await queue.finish(lease)
  t.equal((await claimOne(queue)).id, later)
})

onBoth('of several that are due later, each comes in its turn', async (t, { queue, clock }) => {
  const at = (ms: number) => delivery({ ...ana, notBefore: clock.now() + ms })
  const [c, a, b] = idsOf(await queue.add([at(3000), at(1000), at(2000)]))
  clock.pass(5000)
  const order: string[] = []
  for (let i = 0; i < 3; i++) {
    const lease = await claimOne(queue)
    order.push(lease.id)
    await queue.finish(lease)
  }
  t.strictSame(order, [a, b, c])
})

onBoth('backoff keeps the place', async (t, { queue, clock }) => {
  const first = await addOne(queue, ana)
  await queue.retryAt(await claimOne(queue), { at: clock.now() + 60_000, error: refused, countsAsAttempt: true })
  clock.pass(1)
  await addOne(queue, ana)
  t.strictSame(await claim(queue), [])
  clock.pass(60_000)
  t.equal((await claimOne(queue)).id, first)
})

onBoth('what a run answers has its place, and a run that answers nothing gives it up', async (t, { queue }) => {
  const [first, second] = [await queue.addRun(run(), 'test'), await queue.addRun(run(), 'test')]
  const sent = await addOne(queue, ana)
  t.strictSame(await claim(queue), [], 'a promised reply holds back what came after it')
  t.ok(await queue.answer(second, { operation: 'sending.sendContent', params: { n: 2 } }, null))
  t.match(await queue.get(second.id), { state: 'done', call: null })
  t.strictSame(await claim(queue), [])
  t.ok(await queue.answer(first, { operation: 'sending.sendContent', params: { n: 1 } }, refused))
  t.match(await queue.get(first.id), { state: 'dead', lastError: refused, call: '{"id":"x"}' })
  for (const n of [1, 2]) {
    const lease = await claimOne(queue)
    t.match(lease, { kind: 'delivery', isLateReply: true, params: { n } })
    await queue.finish(lease)
  }
  t.equal((await claimOne(queue)).id, sent)
  const silent = await queue.addRun(run({ addressee: 'bo' }), 'test')
  await addOne(queue, { addressee: 'bo' })
  t.strictSame(await claim(queue), [])
  await queue.finish(silent)
  t.equal((await claim(queue)).length, 1)
})

onBoth('a late reply to somebody in a broadcast takes the broadcast along', async (t, { queue }) => {
  await queue.add(Array.from({ length: 20 }, (_, i) => delivery({ addressee: `c${i}` })))
  const last = await addOne(queue, ana)
  const late = await queue.addRun(run(), 'test')
  const [lease] = await claim(queue, 1)
  t.equal(lease?.id, last, 'what stands before an answer is as urgent')
  await queue.answer(late, { operation: 'sending.sendContent', params: {} }, null)
  if (lease) await queue.finish(lease)
  t.match(await claim(queue, 1), [{ isLateReply: true }])
})

onBoth('a dead run is run again when a person says so', async (t, { queue }) => {
  const lease = await queue.addRun(run(), 'test')
  await queue.answer(lease, { operation: 'sending.sendContent', params: {} }, refused)
  await queue.finish(await claimOne(queue))
  t.match(await queue.retry(lease.id), { state: 'waiting', attempts: 0, failures: 0 })
  t.match(await claimOne(queue, 'run'), { id: lease.id, call: '{"id":"x"}', attempts: 1 })
})

onBoth('a withdrawn run is not delivered, before and after it came', async (t, { queue, clock }) => {
  const before = run()
  const lease = await queue.addRun(before, 'test')
  await queue.withdraw(before)
  t.match(await queue.get(lease.id), { state: 'cancelled' })
  t.equal(await queue.finish(lease), false)
  const after = run()
  await queue.withdraw(after)
  await t.rejects(queue.addRun(after, 'test'), { code: 'DYN_IDEMPOTENCY_CONFLICT' })
  const answered = run()
  await queue.answer(await queue.addRun(answered, 'test'), { operation: 'sending.sendContent', params: {} }, null)
  await queue.withdraw(answered)
  t.strictSame(await claim(queue), [])
  t.match(await queue.stats(), { byState: [], oldestWaitingSeconds: 0 })
  clock.pass(1000)
  t.ok(await addOne(queue, ana))
  t.equal((await claim(queue)).length, 1, 'nothing is left behind in the order')
})

onBoth(
  'any mixture of changes leaves exactly one open delivery of each addressee',
  async (t, { queue, store, clock }) => {
    let seed = 42
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed % below
    }
    for (let turn = 0; turn < 90; turn++) {
      const addressee = `c${random(3)}`
      const what = random(7)
      if (what < 2) await addOne(queue, { addressee, notBefore: clock.now() + random(3) * 500 })
      else if (what === 2) await queue.release(await queue.addRun(run({ addressee }), 'test'), true)
      else if (what === 3) {
        const [waiting] = await queue.list({ state: 'waiting', addressee })
        if (waiting) await queue.cancel(waiting.id)
      } else if (what === 4) {
        for (const lease of await claim(queue, 2, 'run')) {
          await queue.answer(lease, { operation: 'sending.sendContent', params: {} }, random(2) ? refused : null)
        }
      } else {
        for (const lease of await claim(queue, 2)) {
          if (random(3) === 0) await queue.retryAt(lease, { at: clock.now() + 300, error: null, countsAsAttempt: true })
          else await (random(2) ? queue.finish(lease) : queue.kill(lease, refused))
        }
      }
      clock.pass(random(400))
      t.strictSame(await wrong(), [])
    }

    /** Violations: a blocked delivery that is first in line, or an unblocked one that isn't. */
    async function wrong() {
      const { rows } = await store.run(db =>
        sql`with placed as (
        select order_key, kind, blocked, row_number() over (partition by order_key order by due_at, coalesce(run_id, id)) as place
        from jobs where state in ('waiting', 'running') and order_key is not null
      ) select * from placed where kind = 'delivery' and blocked <> case when place = 1 then 0 else 1 end`.execute(db),
      )
      return rows
    }
  },
)
