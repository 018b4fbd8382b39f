/** Heartbeats: which processes live, by the observer's own clock. */
import t, { type Test } from 'tap'
import { createHeartbeat } from '../../src/delivery/heartbeat.ts'
import { claimOne } from '../store/engines.ts'
import { createManualClock } from './manual-clock.ts'
import { openQueue, sendTo } from './open-worker.ts'

const leaseMs = 30_000

async function setUp(t: Test, count = 1) {
  const clock = createManualClock()
  const opened = await openQueue(t, clock)
  const beats = Array.from({ length: count }, () => {
    const lost: string[] = []
    const queue = { ...opened.queue }
    const heartbeat = createHeartbeat({ queue: () => queue, clock, leaseMs, onLost: ({ id }) => lost.push(id) })
    return { ...heartbeat, lost, queue, claim, freeze }

    async function claim() {
      await heartbeat.ready()
      const [lease] = await queue.claim({ kind: 'delivery', worker: heartbeat.worker(), limit: 1 })
      if (!lease) throw new Error('nothing was claimed')
      return { lease, kept: heartbeat.keep(lease) }
    }

    /** Cuts the process off from the store; returns the way back. */
    function freeze(): () => void {
      const away = () => Promise.reject(new Error('away'))
      const { beat, holders } = queue
      Object.assign(queue, { beat: away, holders: away })
      return () => Object.assign(queue, { beat, holders })
    }
  })
  return { ...opened, clock, beats: beats as [(typeof beats)[0], ...typeof beats] }
}

t.test('what a dead process held is taken over after the lease, and not before', async t => {
  const { queue, clock, beats, rows } = await setUp(t)
  const [watcher] = beats
  await queue.add([sendTo('1')])
  await queue.claim({ kind: 'delivery', worker: 'dead', limit: 1 })
  watcher.start()
  await clock.pass(leaseMs - 1)
  t.match(await rows(), [{ state: 'running' }])
  await clock.pass(leaseMs / 6 + 1)
  t.match(await rows(), [{ state: 'waiting' }])
  t.match(await claimOne(queue), { takenOver: true })
  await watcher.stop()
})

t.test('one that beats keeps what it holds, however long', async t => {
  const { queue, clock, beats, rows } = await setUp(t, 2)
  const [holder, watcher] = beats
  await queue.add([sendTo('1')])
  holder.start()
  watcher?.start()
  const { kept } = await holder.claim()
  await clock.pass(20 * leaseMs)
  t.match(await rows(), [{ state: 'running' }])
  t.equal(kept.signal.aborted, false)
  kept.drop()
  await Promise.all(beats.map(one => one.stop()))
})

t.test('one that takes long to take over what another held goes on beating', async t => {
  const { queue, clock, beats, rows } = await setUp(t)
  const [holder] = beats
  await queue.add([sendTo('1'), sendTo('2')])
  await queue.claim({ kind: 'delivery', worker: 'dead', limit: 1 })
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
  let asked = 0
  const { recover } = holder.queue
  holder.queue.recover = async gone => {
    asked++
    await answered
    return recover(gone)
  }
  holder.start()
  const { kept } = await holder.claim()
  const name = holder.worker()
  await clock.pass(5 * leaseMs)
  t.equal(asked, 1, 'once at a time')
  t.doesNotThrow(holder.requireAlive)
  t.strictSame([holder.worker(), kept.signal.aborted, holder.lost], [name, false, []])
  answer()
  await clock.pass(leaseMs / 6)
  t.match(await rows(), [{ state: 'waiting' }, { state: 'running' }])
  await holder.stop()
})

t.test('one that is cut off gives up before another takes over, and begins again under another name', async t => {
  const { queue, clock, beats, rows } = await setUp(t, 2)
  const [holder, watcher] = beats
  await queue.add([sendTo('1')])
  holder.start()
  watcher?.start()
  const { kept } = await holder.claim()
  await clock.pass(leaseMs)
  const name = holder.worker()
  const thaw = holder.freeze()
  await clock.pass(leaseMs)
  t.equal(kept.signal.aborted, true)
  t.strictSame(holder.lost, ['1'])
  t.throws(holder.requireAlive, { code: 'DYN_LEASE_LOST' })
  await clock.pass(leaseMs / 3)
  t.match(await rows(), [{ state: 'waiting' }], 'by then the other has noticed')
  thaw()
  await clock.pass(leaseMs / 6)
  t.not(holder.worker(), name)
  t.doesNotThrow(holder.requireAlive)
  await Promise.all(beats.map(one => one.stop()))
})

t.test('a process that was frozen sends nothing when it wakes, before anything else happens', async t => {
  const { queue, clock, beats } = await setUp(t)
  const [holder] = beats
  await queue.add([sendTo('1')])
  await holder.claim()
  t.doesNotThrow(holder.requireAlive)
  // Like a stopped process: its heartbeat doesn't run either.
  await clock.pass(leaseMs)
  t.throws(holder.requireAlive, { code: 'DYN_LEASE_LOST' })
})

t.test('a job that another took is aborted within a beat', async t => {
  const { queue, store, clock, beats } = await setUp(t)
  const [holder] = beats
  await queue.add([sendTo('1')])
  holder.start()
  const { kept } = await holder.claim()
  await store.run(db => db.updateTable('jobs').set({ lease: 'of another', worker: 'another' }).execute())
  await clock.pass(leaseMs / 6)
  t.equal(kept.signal.aborted, true)
  t.strictSame(holder.lost, ['1'])
  await holder.stop()
})

t.test('what becomes of a job is stored in peace', async t => {
  const { queue, clock, beats } = await setUp(t)
  const [holder] = beats
  await queue.add([sendTo('1')])
  holder.start()
  const { lease, kept } = await holder.claim()
  kept.settle()
  await queue.finish(lease)
  await clock.pass(leaseMs)
  t.strictSame([kept.signal.aborted, holder.lost], [false, []])
  await holder.stop()
})

t.test('a claim whose answer never came is given back, and counts no attempt', async t => {
  const { queue, clock, beats, rows } = await setUp(t)
  const [holder] = beats
  await queue.add([sendTo('1')])
  holder.start()
  await clock.settle()
  await queue.claim({ kind: 'delivery', worker: holder.worker(), limit: 1 })
  await clock.pass(leaseMs)
  t.match(await rows(), [{ state: 'running' }])
  await clock.pass(leaseMs / 3)
  t.match(await rows(), [{ state: 'waiting', attempts: 0 }])
  await holder.stop()
})

t.test('a lease whose announcement came after a freeze is lost from the start', async t => {
  const { queue, clock, beats } = await setUp(t)
  const [frozen] = beats
  await queue.add([sendTo('1')])
  await frozen.ready()
  const [lease] = await queue.claim({ kind: 'delivery', worker: frozen.worker(), limit: 1 })
  if (!lease) throw new Error('nothing was claimed')
  await clock.pass(leaseMs)
  t.equal(frozen.isAlive(), false)
  t.equal(frozen.keep(lease).signal.aborted, true, 'before it beats again')
  frozen.start()
  await clock.settle()
  t.equal(frozen.isAlive(), true)
  t.equal(frozen.keep(lease).signal.aborted, true, 'and after it beats under another name')
  await frozen.stop()
})
