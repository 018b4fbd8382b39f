import t from 'tap'
import type { ChatEvent } from '../../../src/dev/conversation/event.ts'
import { readFixture, recordSteps } from '../../../src/dev/simulator/fixture.ts'

const publicUrl = 'http://localhost:3000'
const token = 'eyJhbGciOiJIUzI1NiJ9.eyJibG9jayI6InNpemUifQ.abc-_1'
const request = { method: 'POST' as const, url: '', headers: {}, body: '' }

function record(...happenings: object[]) {
  return recordSteps(
    happenings.map((happening, index) => ({ id: index + 1, at: 0, ...happening }) as ChatEvent),
    publicUrl,
  )
}

function answered(to: number, body: string, status = 200) {
  const response = { status, headers: {}, body, ms: 1 }
  return { kind: 'response', request: to, response, outcome: 'shown', why: null, problems: [] }
}

t.test('each step has its answers, a quick reply two', async t => {
  const steps = record(
    { kind: 'request', purpose: 'open', request },
    answered(1, '{"version":"v2"}'),
    { kind: 'tapped', tappable: 1, caption: 'Yes', type: 'dynamic_block_callback', place: 'quick-reply' },
    { kind: 'request', purpose: 'message', request },
    { kind: 'request', purpose: 'tap', request },
    answered(5, '{"n":9007199254740993123}'),
    answered(4, 'oops', 500),
    { kind: 'waited', ms: 300_000 },
    { kind: 'said', text: 'Ana' },
    { kind: 'request', purpose: 'message', request },
    {
      kind: 'response',
      request: 10,
      response: { failed: 'timeout', ms: 10_000 },
      outcome: 'late',
      why: '',
      problems: [],
    },
    { kind: 'shown', bubbles: [1], by: 'answer' },
  )
  t.same(steps, [
    { do: 'open', answers: [{ version: 'v2' }] },
    { do: 'tap', caption: 'Yes', answers: [{ n: '9007199254740993123' }, { status: 500, body: 'oops' }] },
    { do: 'wait', ms: 300_000, answers: [] },
    { do: 'say', text: 'Ana', answers: [{ failed: 'timeout' }] },
  ])
})

t.test('what differs from run to run is left out', async t => {
  const body = JSON.stringify({
    list: [{ url: `${publicUrl}/blocks/size`, state: token, text: publicUrl, none: null, n: 1 }],
  })
  const [step] = record({ kind: 'request', purpose: 'open', request }, answered(1, body))
  t.same(step?.answers, [
    { list: [{ url: '<server>/blocks/size', state: '<sealed>', text: publicUrl, none: null, n: 1 }] },
  ])
})

t.test('an answer without a step is left out', async t => {
  t.same(record({ kind: 'request', purpose: 'message', request }, answered(1, '{}'), answered(7, '{}')), [])
})

t.test('a file that is none is refused with the place', async t => {
  const fixture = {
    dynablock: 'conversation',
    block: 'size',
    channel: 'messenger',
    contact: { id: '1' },
    steps: [{ do: 'open', answers: [] }],
  }
  t.equal(readFixture(fixture), fixture)
  t.throws(() => readFixture({ ...fixture, channel: 'fax' }), {
    code: 'DYN_SIMULATOR_INVALID',
    message: /at \/channel/,
  })
  t.throws(() => readFixture(null), { message: /at \/ / })
})
