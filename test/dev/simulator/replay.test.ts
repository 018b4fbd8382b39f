import t from 'tap'
import { defineBlock } from '../../../src/blocks/define.ts'
import { text } from '../../../src/content/message.ts'
import { serveSimulator } from './serve.ts'
import { size } from './size.ts'

const ana = '9007199254740993123'

t.test('a conversation goes on in another run of the server', async t => {
  const first = await serveSimulator(t, { size })
  const before = await first.begin('size')
  await first.ask('POST', '/clock', { forwardMs: 60_000 })
  const { block, saved, since, aheadMs } = await before.state()
  const cut = { ...saved, events: [...saved.events, { id: 5, at: 1, kind: 'request', purpose: 'tap', request: {} }] }

  const { ask, port } = await serveSimulator(t, { size }, { isRestarted: true })
  const { id } = (await ask('POST', '/conversations', { block, channel: 'messenger', saved: cut, since, aheadMs })).json
  const path = `/conversations/${id}`
  await ask('POST', `${path}/tap`, { id: saved.bubbles[0].message.buttons[0].id })
  const { steps } = (await ask('GET', `${path}/recording`)).json
  t.match(steps, [{ do: 'open' }, { do: 'wait', ms: 60_000 }, { do: 'tap', caption: 'Small' }])
  t.match(steps[1].answers, [{ failed: 'reset' }], 'what was under way is told as lost')
  t.equal((await ask('GET', '/setup')).json.aheadMs, 60_000)
  t.equal((await ask('GET', `/conversations/${before.id}/recording`)).json.code, 'DYN_SIMULATOR_TALK')
  t.ok(port)
})

t.test('calls wait after a restart until a conversation is put back', async t => {
  const { ask } = await serveSimulator(t, { size }, { isRestarted: true })
  const headers = { authorization: 'Bearer 1234567890123456789:simulator' }
  const call = ask('GET', `/api/fb/subscriber/getInfo?subscriber_id=${ana}`, undefined, headers)
  await ask('POST', '/conversations', { block: 'size', channel: 'messenger' })
  t.match((await call).json, { status: 'success' })
})

t.test('a recording is replayed, and an answer that changed is told', async t => {
  let greeting = 'Hello'
  const greets = defineBlock({
    open: ({ tap }) => text(greeting, [tap('More', 'more')]),
    steps: { more: () => 'More' },
  })
  const { ask, begin } = await serveSimulator(t, { greets })
  const talk = await begin('greets')
  const { id } = (await talk.state()).saved.bubbles[0].message.buttons[0]
  await ask('POST', `${talk.path}/tap`, { id })
  await ask('POST', `${talk.path}/say`, { text: 'Hm' })
  await ask('POST', '/clock', { forwardMs: 1000 })
  const recording = (await ask('GET', `${talk.path}/recording`)).json
  t.match(recording, { dynablock: 'conversation', block: 'greets', channel: 'messenger', contact: { id: ana } })

  const same = (await ask('POST', '/replays', recording)).json
  t.match(
    same.replayed.map(({ changed }: { changed: boolean }) => changed),
    [false, false, false, false],
  )
  greeting = 'Good day'
  const { id: again, replayed } = (await ask('POST', '/replays', recording)).json
  t.match(replayed[0], { step: { do: 'open' }, changed: true })
  t.match(
    replayed[0].diff.filter(({ sign }: { sign: string }) => sign !== ' '),
    [
      { sign: '-', text: '  "Hello"' },
      { sign: '+', text: '  "Good day"' },
    ],
  )
  t.equal((await ask('GET', `/conversations/${again}/recording`)).status, 200)
  recording.steps[1].caption = 'Less'
  t.match((await ask('POST', '/replays', recording)).json.replayed[1].diff, [{}, {}, {}], 'a button that is gone')
  t.match((await ask('POST', '/replays', { ...recording, steps: 1 })).json, { code: 'DYN_FIXTURE_INVALID' })
})
