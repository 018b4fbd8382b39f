import t from 'tap'
import { withinDeadline } from '../../src/calls/deadline.ts'
import { type Call, defineBlock, type Reply } from '../../src/index.ts'
import { build } from '../helper.ts'
import { enterClock } from '../mock-clock.ts'

const late = () => new Error('late')
const never = new Promise<never>(() => {})

t.test('work that is in time is passed on, and leaves no timer', async t => {
  const clock = enterClock(t)
  t.equal(await withinDeadline(Promise.resolve('done'), 1000, late), 'done')
  await t.rejects(withinDeadline(Promise.reject(new Error('failed')), 1000, late), { message: 'failed' })
  const fail = () => {
    throw new Error('thrown')
  }
  // biome-ignore lint/suspicious/noThenProperty: the subject
  const thrown = { then: fail }
  await t.rejects(withinDeadline(thrown, 1000, late), { message: 'thrown' })
  let told = 0
  await withinDeadline(Promise.resolve(), 1000, () => {
    told++
    return late()
  })
  clock.advance(10_000)
  t.equal(told, 0)
})

t.test('work that is late is not waited for, to the millisecond', async t => {
  const clock = enterClock(t)
  let state = 'waiting'
  const work = withinDeadline(never, 1000, late).catch(({ message }) => {
    state = message
  })
  clock.advance(999)
  await Promise.resolve()
  t.equal(state, 'waiting')
  clock.advance(1)
  await work
  t.equal(state, 'late')
})

t.test('what late work comes to is nobody’s concern', async t => {
  const clock = enterClock(t)
  const { promise, reject } = Promise.withResolvers<string>()
  const result = withinDeadline(promise, 1000, late)
  clock.advance(1000)
  reject(new Error('too late'))
  await t.rejects(result, { message: 'late' })
})

t.test('a block that never returns', async t => {
  let call: Call | undefined
  const block = defineBlock({
    replyWithinMs: 1,
    fallback: 'No luck today',
    open: given => {
      call = given as unknown as Call
      t.equal(call.signal.aborted, false)
      return never
    },
  })
  const { open, lines } = build(t, { blocks: { block } })
  const { status, shown } = await open('block')
  t.same([status, shown], [200, 'No luck today'])
  t.ok(call?.signal.aborted, 'the signal aborts')
  t.match(call?.signal.reason, { code: 'DYN_BLOCK_LATE', message: /block "block" took longer than 1 ms/ })
  t.match(lines('error'), [{ block: 'block', code: 'DYN_BLOCK_LATE' }])
})

t.test('the time is the one of the settings where the block names none', async t => {
  const block = defineBlock({ open: (): Promise<Reply> => never })
  const { open, lines } = build(t, { blocks: { block }, config: { replyWithinMs: 2 } })
  t.match((await open('block')).shown, /^Sorry/)
  t.match(lines('error'), [{ problem: /longer than 2 ms/ }])
})

t.test('a handler that asks late still learns that nobody waits', async t => {
  let call: Call | undefined
  const block = defineBlock({
    replyWithinMs: 1,
    open: given => {
      call = given as unknown as Call
      return never
    },
  })
  await build(t, { blocks: { block } }).open('block')
  t.ok(call?.signal.aborted)
})

t.test('a clock that is put back or forward keeps no contact waiting', async t => {
  for (const jumpMs of [-3_600_000, 3_600_000]) {
    const jump = () => {
      clock.ms += jumpMs
      return never
    }
    const block = defineBlock({ replyWithinMs: 20, fallback: 'Not now', open: jump })
    const { clock, open } = build(t, { blocks: { block } })
    t.equal((await open('block')).shown, 'Not now')
  }
})

t.test('the signal aborts when the server ends', async t => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<AbortSignal>()
  const { promise: reply, resolve: answer } = Promise.withResolvers<string>()
  const block = defineBlock({
    open: ({ signal }) => {
      ask(signal)
      return reply
    },
  })
  const { app, open } = build(t, { blocks: { block } })
  const opened = open('block')
  const signal = await asked
  t.equal(signal.aborted, false)
  await app.close()
  t.ok(signal.aborted)
  t.match(signal.reason, { message: 'the server stops' })
  answer('Still said')
  t.equal((await opened).shown, 'Still said', 'a handler that does not heed it is answered all the same')
})
