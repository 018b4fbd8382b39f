import t from 'tap'
import { defineBlock, text } from '../../src/index.ts'
import { reportOf } from '../../src/webhook/report.ts'
import { ana, build, post } from '../helper.ts'

const channel = 'telegram' as const
const blocks = {
  hello: defineBlock({
    open: ({ tap, listen }) => ({
      messages: [text('Hello', [tap('Go on', 'next')])],
      external_message_callback: listen('next', undefined, { timeoutSeconds: 60 }),
    }),
    steps: { next: () => 'Next' },
  }),
  broken: defineBlock({ open: () => Promise.reject(new Error('canary')) }),
}

t.test('a line for each call: what it was, what the contact got, and how long it took', async t => {
  const { app, open, tap, say, clock, lines } = build(t, { blocks })
  const answer = await open('hello')
  await tap(answer, 'Go on')
  await say(answer, 'canary')
  await open('broken', { id: 1, channel: 'telegram' })
  clock.ms += 400 * 86_400_000
  await tap(answer, 'Go on')
  await post(app, '/blocks/hello', ana)
  const told = lines('info').filter(({ msg }) => msg === 'call')
  t.strictSame(
    told.map(({ level, time, pid, hostname, msg, call, ...line }) => line),
    [
      { block: 'hello', step: null, kind: 'open', channel: 'messenger', outcome: 'ok', ms: 0 },
      { block: 'hello', step: 'next', kind: 'tap', channel: 'messenger', outcome: 'ok', ms: 0 },
      { block: 'hello', step: 'next', kind: 'message', channel: 'messenger', outcome: 'ok', ms: 0 },
      {
        block: 'broken',
        step: null,
        kind: 'open',
        channel: 'telegram',
        outcome: 'fallback',
        ms: 0,
        code: 'DYN_BLOCK_THREW',
      },
      { block: 'hello', step: 'next', kind: 'tap', channel: 'messenger', outcome: 'expired', ms: 0 },
    ],
    'and none for one that was refused: that has a line of its own',
  )
  t.equal(new Set(told.map(({ call }) => call)).size, 5)
  const [failure] = lines('error')
  t.equal(failure?.call, told[3]?.call, 'the lines of one call are found by its id')
})

t.test('where the level is above info there are none', async t => {
  const { open, log } = build(t, { config: { logLevel: 'warn' } })
  await open('hello')
  t.same(log, [])
})

t.test('a clock that is set back takes nothing from the time', async t => {
  const contact = { id: '7' }
  const record = { id: 'x', block: 'hello', step: null, contact, page: null, channel, input: null, extras: {} }
  t.match(reportOf(record, { content: { messages: [] }, json: '', late: true }, -600), { outcome: 'late', ms: 0 })
  t.match(reportOf(record, { content: { messages: [] }, json: '' }, 400), { outcome: 'ok', ms: 400 })
})
