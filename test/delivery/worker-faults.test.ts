import t from 'tap'
import type { Perform } from '../../src/delivery/perform.ts'
import { openWorker as open, sendTo } from './open-worker.ts'

t.test('a store that goes away is told once, borne with, and told when it is back', async t => {
  const { queue, clock, start, stop, begun, logged, calls, fault } = await open(t)
  start()
  await clock.pass(1000)
  const before = calls.length
  fault.isAway = true
  await clock.pass(60_000)
  t.match(logged, [['error', { code: 'DYN_STORE_FAILED' }, 'the store is unreachable']])
  t.ok(calls.length - before <= 30, `asked ${calls.length - before} times in a minute`)
  fault.isAway = false
  await queue.add([sendTo('1')])
  await clock.pass(5000)
  t.strictSame(begun, ['1'])
  t.match(logged.slice(1), [['info', {}, 'the store is back']])
  await stop()
})

t.test('what was carried out while the store was away is recorded when it is back, and not made twice', async t => {
  const { queue, clock, start, stop, begun, gates, rows, fault } = await open(t, { gated: true })
  await queue.add([sendTo('1')])
  start()
  await clock.settle()
  fault.isAway = true
  gates.get('1')?.({ kind: 'done' })
  await clock.pass(20_000)
  fault.isAway = false
  await clock.pass(5000)
  t.match(await rows(), [{ state: 'done' }])
  t.strictSame(begun, ['1'])
  await stop()
})

t.test('after an absence that outlasts the lease, what is known is recorded before anything is taken over', async t => {
  const { queue, clock, start, stop, begun, gates, rows, fault } = await open(t, { gated: true })
  await queue.add([sendTo('1')])
  start()
  await clock.settle()
  fault.isAway = true
  gates.get('1')?.({ kind: 'done' })
  await clock.pass(120_000)
  fault.isAway = false
  await queue.add([sendTo('2')])
  await clock.pass(5000)
  t.strictSame(begun, ['1', '2'])
  t.match(await rows(), [{ state: 'done', attempts: 1 }, { state: 'running' }])
  gates.get('2')?.({ kind: 'done' })
  await stop()
})

t.test('an outcome that the store will never take holds up no other send', async t => {
  const { queue, clock, start, stop, begun, rows } = await open(t)
  const { finish } = queue
  queue.finish = async lease => {
    if (lease.id === '1') throw new Error('never')
    return finish(lease)
  }
  await queue.add([sendTo('1')])
  start()
  await clock.settle()
  await queue.add([sendTo('2')])
  await clock.pass(20_000)
  t.strictSame(begun, ['1', '2'])
  t.match(await rows(), [{ state: 'running' }, { state: 'done' }])
  const stopped = stop()
  await clock.pass(20_000)
  await stopped
})

t.test('what a send keeps on its way is kept however long it takes', async t => {
  const progress = { '~fallback': { sent: 1 } }
  const dead = { kind: 'dead', error: { code: 'DYN_CALL_REFUSED', message: 'no' } } as const
  const perform: Perform = async (_lease, { keep }) => ((await keep(progress)) ? dead : null)
  const { queue, clock, start, stop, rows } = await open(t, { perform })
  await queue.add([sendTo('1')])
  const { setParams } = queue
  let failures = 2
  queue.setParams = async (lease, params) => {
    if (failures-- > 0) throw new Error('away')
    return setParams(lease, params)
  }
  start()
  await clock.pass(3000)
  t.match(await rows(), [{ state: 'dead', params: progress }])
  await stop()
})

t.test('a lease lives as long as the work', async t => {
  const { queue, clock, start, stop, gates, begun, rows, calls } = await open(t, { gated: true })
  await queue.add([sendTo('1')])
  start()
  await clock.pass(300_000)
  t.strictSame(begun, ['1'])
  gates.get('1')?.({ kind: 'done' })
  await clock.settle()
  t.match(await rows(), [{ state: 'done', attempts: 1 }])
  const extended = calls.filter(name => name === 'extend').length
  await clock.pass(60_000)
  t.equal(calls.filter(name => name === 'extend').length, extended, 'and no longer')
  await stop()
})

t.test('who loses a lease aborts, and changes nothing', async t => {
  const { queue, clock, start, stop, samples, aborted, rows, steal } = await open(t, { abortable: true })
  await queue.add([sendTo('1')])
  start()
  await clock.settle()
  await steal('1')
  await clock.pass(6000)
  t.strictSame(aborted, ['1'])
  t.match(await rows(), [{ state: 'running' }])
  t.strictSame(await samples('dynablock_send_leases_lost_total'), [['', 1]])
  await stop()
})

t.test('a lease that is found lost only when it ends is counted as well', async t => {
  const { queue, clock, start, stop, samples, gates, rows, steal } = await open(t, { gated: true })
  await queue.add([sendTo('1')])
  start()
  await clock.settle()
  await steal('1')
  gates.get('1')?.({ kind: 'done' })
  await clock.settle()
  t.match(await rows(), [{ state: 'running' }])
  t.strictSame(await samples('dynablock_send_leases_lost_total'), [['', 1]])
  await stop()
})

t.test('a lease that can not be prolonged is given up before somebody else has it', async t => {
  const { queue, clock, start, stop, aborted, fault } = await open(t, { abortable: true })
  await queue.add([sendTo('1')])
  start()
  await clock.settle()
  fault.isAway = true
  await clock.pass(24_000)
  t.strictSame(aborted, [])
  await clock.pass(5000)
  t.strictSame(aborted, ['1'])
  void stop()
  await clock.pass(20_000)
})

t.test('stopping takes nothing more, and waits for what runs', async t => {
  const { queue, clock, start, stop, gates, begun, rows } = await open(t, { gated: true })
  await queue.add([sendTo('1')])
  start()
  await clock.settle()
  const stopped = stop()
  await queue.add([sendTo('2')])
  await clock.pass(5000)
  gates.get('1')?.({ kind: 'done' })
  await stopped
  await clock.pass(60_000)
  t.match(await rows(), [{ state: 'done' }, { state: 'waiting' }])
  t.strictSame(begun, ['1'])
})

t.test('what is claimed while it stops is given back at once', async t => {
  const { queue, clock, start, stop, begun, rows } = await open(t)
  const { claim } = queue
  const gate = Promise.withResolvers<void>()
  queue.claim = async options => {
    await gate.promise
    return claim(options)
  }
  await queue.add([sendTo('1')])
  start()
  await clock.settle()
  const stopped = stop()
  gate.resolve()
  await stopped
  t.match(await rows(), [{ state: 'waiting', attempts: 0 }])
  t.strictSame(begun, [])
})

t.test('what outlasts the drain time is aborted, and its outcome stored', async t => {
  const { queue, clock, start, stop, aborted, rows } = await open(t, { abortable: true })
  await queue.add([sendTo('1')])
  start()
  await clock.settle()
  const stopped = stop()
  await clock.pass(4900)
  t.strictSame(aborted, [])
  await clock.pass(200)
  await stopped
  t.strictSame(aborted, ['1'])
  t.match(await rows(), [{ state: 'waiting', attempts: 1, lastError: { code: 'DYN_CALL_FAILED' } }])
})

t.test('media under way have a minute when the server ends, and nothing is begun meanwhile', async t => {
  const { queue, clock, start, stop, begun, gates, aborted, rows } = await open(t, { gated: true })
  const image = { type: 'image', url: 'https://b.test/a.png' }
  const params = { subscriber_id: '1', data: { version: 'v2', content: { messages: [image] } } }
  await queue.add([{ ...sendTo('1'), params }])
  start()
  await clock.settle()
  let isStopped = false
  const stopped = stop().then(() => {
    isStopped = true
  })
  await queue.add([sendTo('2')])
  await clock.pass(59_000)
  t.strictSame([isStopped, begun, aborted], [false, ['1'], []])
  gates.get('1')?.({ kind: 'done' })
  await clock.settle()
  await stopped
  t.match(await rows(), [{ state: 'done' }, { state: 'waiting', attempts: 0 }])
})

t.test('what heeds no abort, and a store that is away, hold up no stop', async t => {
  const { queue, clock, start, stop } = await open(t, { gated: true })
  await queue.add([sendTo('1')])
  start()
  await clock.settle()
  let isStopped = false
  void stop().then(() => {
    isStopped = true
  })
  await clock.pass(6100)
  t.ok(isStopped)
  const other = await open(t, { abortable: true })
  await other.queue.add([sendTo('1')])
  other.start()
  await other.clock.settle()
  other.fault.isAway = true
  void other.stop()
  await other.clock.pass(6100)
  t.strictSame(other.aborted, ['1'])
  t.match(await other.rows(), [{ state: 'running' }], 'another process takes it over')
})
