/** Leases, and their recovery when their holder goes silent. */
import { addOne, claimOne, onBoth } from '../store/engines.ts'
import { run } from './delivery.ts'

const refused = { code: 'DYN_CALL_REFUSED', message: 'no' }

onBoth('a worker that beats hears what it holds; others see it beat', async (t, { queue }) => {
  t.strictSame(await queue.beat('test'), [])
  t.strictSame(await queue.holders(), [], 'only those that hold something matter')
  await addOne(queue)
  const { id, lease } = await claimOne(queue)
  t.strictSame(await queue.holders(), [{ worker: 'test', beat: 1 }])
  t.strictSame(await queue.beat('test'), [{ id, lease }])
  t.strictSame(await queue.holders(), [{ worker: 'test', beat: 2 }])
  await queue.leave('test')
  t.strictSame(await queue.holders(), [{ worker: 'test', beat: null }])
})

onBoth('what a silent worker held waits again, and it can change nothing more', async (t, { queue }) => {
  await queue.beat('test')
  await addOne(queue, { addressee: 'ana' })
  const lost = await claimOne(queue)
  const lostRun = await queue.addRun(run({ addressee: 'bo' }), 'test')
  t.equal(await queue.recover({ worker: 'test', beat: 0 }), 0, 'it has beaten since')
  t.equal(await queue.recover({ worker: 'test', beat: 1 }), 2)
  t.equal(await queue.finish(lost), false)
  t.equal(await queue.finish(lostRun), false)
  const lease = await claimOne(queue)
  t.match(lease, { id: lost.id, attempts: 2, failures: 0, takenOver: true })
  t.match(await claimOne(queue, 'run'), { id: lostRun.id, attempts: 2, failures: 1, takenOver: false })
  t.ok(await queue.release(lease, false))
  const again = await claimOne(queue)
  t.match(again, { attempts: 2, takenOver: true }, 'still nobody knows')
  await queue.kill(again, refused)
  await queue.retry(lost.id)
  t.match(await claimOne(queue), { attempts: 1, takenOver: false })
})

onBoth('a run that is given back counts its start, and no failure', async (t, { queue }) => {
  let lease = await queue.addRun(run(), 'test')
  for (let attempts = 1; attempts <= 7; attempts++) {
    t.match(lease, { attempts, failures: 0 })
    t.ok(await queue.release(lease, true))
    lease = await claimOne(queue, 'run')
  }
})

onBoth('what runs can be cancelled, and who had it can change nothing more', async (t, { queue }) => {
  const cancelled: string[] = []
  const stop = queue.onCancelled(id => cancelled.push(id))
  await addOne(queue, { addressee: 'ana' })
  const behind = await addOne(queue, { addressee: 'ana' })
  const lease = await claimOne(queue)
  const started = await queue.addRun(run({ addressee: 'bo' }), 'test')
  t.match(await queue.cancel(lease.id), { state: 'cancelled' })
  t.match(await queue.cancel(started.id), { state: 'cancelled' })
  t.strictSame(cancelled, [lease.id, started.id])
  t.equal(await queue.finish(lease), false)
  t.equal(await queue.answer(started, { operation: 'sending.sendContent', params: {} }, null), false)
  t.equal((await claimOne(queue)).id, behind)
  stop()
})
