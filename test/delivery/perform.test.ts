import t from 'tap'
import { dryFetch } from '../../src/delivery/dispatch.ts'
import { contentOf, contextOf, leaseOf, ok, openDesk, page, refused3011, subscriber } from '../sends/desk.ts'

t.test('a send reaches its page, with the id to the digit', async t => {
  const { perform, platform } = await openDesk(t)
  t.strictSame(await perform(leaseOf(), contextOf().context), { kind: 'done' })
  t.match(platform.heard, [
    {
      path: '/fb/sending/sendContent',
      headers: { authorization: `Bearer ${page}:key` },
      body: `{"subscriber_id":${subscriber},"data":{"version":"v2","content":{"messages":[{"type":"text","text":"Hello"}]}}}`,
    },
  ])
})

t.test('every service is reached', async t => {
  const { perform, platform } = await openDesk(t)
  for (const [operation, bot, params] of [
    ['subscriber.addTag', '222', { subscriber_id: subscriber, tag_id: 7 }],
    ['chatfuel.sendBlock', 'aa11', { user_id: subscriber, block_name: 'Welcome' }],
    ['chatfuel.send', 'aa11', { customer_id: '5', messages: [{ text: 'hi' }] }],
  ] as const) {
    platform.answerWith({ body: '{"status":"success","success":true}' })
    const lease = leaseOf({ operation, page: bot, params: { ...params } })
    t.strictSame(await perform(lease, contextOf().context), { kind: 'done' }, operation)
  }
  t.match(platform.heard, [
    { path: '/fb/subscriber/addTag', headers: { authorization: 'Bearer 222:key' } },
    { path: new RegExp(`^/bots/aa11/users/${subscriber}/send\\?chatfuel_token=token&`) },
    { path: '/api/aa11/send', headers: { authorization: 'Bearer token' } },
  ])
})

t.test('a dry run does everything but the call', async t => {
  const { perform, platform } = await openDesk(t, { fetch: dryFetch })
  t.strictSame(await perform(leaseOf(), contextOf().context), { kind: 'done' })
  const block = leaseOf({ operation: 'chatfuel.sendBlock', page: null, params: { user_id: '5', block_id: 'b' } })
  t.strictSame(await perform(block, contextOf().context), { kind: 'done' })
  const wrong = leaseOf({ params: { subscriber_id: 'x' } })
  t.match(await perform(wrong, contextOf().context), { kind: 'dead', error: { code: 'DYN_CALL_PARAMS' } })
  t.strictSame(platform.heard, [])
})

t.test('an operation of another release, or a page without a key, is tried again', async t => {
  const { perform } = await openDesk(t)
  for (const [over, code] of [
    [{ operation: 'sending.sendStory' }, 'DYN_SEND_OPERATION'],
    [{ page: '333' }, 'DYN_PAGE_KEY_MISSING'],
    [{ page: null }, 'DYN_PAGE_UNKNOWN'],
  ] as const) {
    t.match(await perform(leaseOf(over), contextOf().context), { kind: 'retry', error: { code } })
  }
})

t.test('what can not go within a second is given back', async t => {
  const limits = { reserve: async () => ({ granted: false, waitMs: 1040 }) }
  const { perform, clock, platform } = await openDesk(t, { limits })
  t.match(await perform(leaseOf(), contextOf().context), {
    kind: 'retry',
    at: clock.now() + 1040,
    limit: 'ours',
    countsAsAttempt: false,
  })
  t.strictSame(platform.heard, [])
})

t.test('an abort ends the call', async t => {
  const { perform, platform, clock } = await openDesk(t)
  platform.answerWith({ fault: 'silent' })
  const controller = new AbortController()
  const ended = perform(leaseOf({ onUnknown: 'hold' }), contextOf({ signal: controller.signal }).context)
  while (platform.heard.length === 0) await clock.settle()
  controller.abort()
  t.match(await ended, { kind: 'dead', error: { code: 'DYN_CALL_FAILED' } })
})

t.test('what another worker had begun is held for a person, where that was asked for', async t => {
  const { perform, platform } = await openDesk(t)
  const lease = leaseOf({ takenOver: true, onUnknown: 'hold' })
  t.match(await perform(lease, contextOf().context), {
    kind: 'dead',
    error: { code: 'DYN_SEND_UNDECIDED' },
    isHeld: true,
  })
  t.strictSame(platform.heard, [])
  t.strictSame(await perform(leaseOf({ takenOver: true }), contextOf().context), { kind: 'done' })
})

const unknownField = {
  status: 400,
  body: '{"status":"error","message":"Validation error","details":{"messages":[{"message":"Field with same name not found"}]}}',
}

t.test('content with an action that the page does not know goes out once more without it', async t => {
  const { perform, platform, calls, clock } = await openDesk(t)
  platform.answerAt('/fb/page/getTags', { body: '{"status":"success","data":[{"id":1,"name":"VIP"}]}' })
  platform.answerAt('/fb/page/getCustomFields', { body: '{"status":"success","data":[]}' })
  platform.answerWith(unknownField)
  const tagged = { action: 'add_tag', tag_name: 'vip' }
  const messages = [{ type: 'text', text: 'Hello' }]
  const dataOf = (...actions: object[]) => ({ version: 'v2', content: { messages, actions } })
  const params = {
    subscriber_id: subscriber,
    data: dataOf(tagged, { action: 'set_field_value', field_name: 'Size', value: 'L' }),
  }
  const { context, kept } = contextOf()
  t.match(await perform(leaseOf({ params }), context), {
    kind: 'retry',
    at: clock.now(),
    countsAsAttempt: false,
    error: { code: 'DYN_SEND_WITHOUT_ACTIONS', message: /set_field_value of "Size"/ },
  })
  t.strictSame(kept, [{ subscriber_id: subscriber, data: dataOf(tagged) }])
  await clock.pass(100)
  t.strictSame(await perform(leaseOf({ params: kept[0] ?? null }), context), { kind: 'done' })
  t.strictSame(
    calls()
      .map(([name]) => name)
      .sort(),
    ['getCustomFields', 'getTags', 'sendContent', 'sendContent'],
  )
})

t.test('what has no such action, or nothing but it, is dead, and a lost lease changes nothing', async t => {
  const { perform, platform, clock } = await openDesk(t)
  const action = { action: 'add_tag', tag_name: 'gone' }
  const only = { subscriber_id: subscriber, data: { version: 'v2', content: { messages: [], actions: [action] } } }
  const tag = { operation: 'subscriber.addTagByName', params: { subscriber_id: subscriber, tag_name: 'gone' } }
  for (const over of [{}, { params: only }, tag]) {
    platform.answerAt('/fb/sending/sendContent', unknownField)
    platform.answerAt('/fb/subscriber/addTagByName', unknownField)
    t.match(await perform(leaseOf(over), contextOf().context), {
      kind: 'dead',
      error: { code: 'DYN_CALL_NAME_UNKNOWN' },
    })
    await clock.pass(100)
  }
  const both = contentOf('Hello')
  Object.assign((both.data as { content: object }).content, { actions: [action] })
  t.equal(await perform(leaseOf({ params: both }), contextOf({ keep: async () => false }).context), null)
})

t.test('24 hours later each text goes by the flow, one for each lease, two seconds apart', async t => {
  const { perform, platform, calls, clock } = await openDesk(t)
  platform.answerWith(refused3011)
  const { context, kept } = contextOf()
  const params = contentOf('One', 'Two')
  const paused = { kind: 'retry', at: clock.now() + 2000, error: null, countsAsAttempt: false }
  t.strictSame(await perform(leaseOf({ params }), context), paused)
  t.strictSame(
    kept,
    [0, 1].map(sent => ({ ...params, '~fallback': { sent } })),
    'progress is kept before and after',
  )
  await clock.pass(2000)
  const later = { ...paused, at: clock.now() + 2000 }
  t.strictSame(await perform(leaseOf({ params: kept[1] ?? null }), context), later)
  t.strictSame(await perform(leaseOf({ params: kept[2] ?? null }), context), { kind: 'done' })
  t.strictSame(
    calls().map(([name, body]) => [name, (body as { field_value?: string }).field_value]),
    [
      ['sendContent', undefined],
      ['setCustomFieldByName', 'One'],
      ['sendFlow', undefined],
      ['setCustomFieldByName', 'Two'],
      ['sendFlow', undefined],
    ],
  )
  t.match(platform.heard[1]?.body, `{"subscriber_id":${subscriber},"field_name":"late_text","field_value":"One"}`)
  t.match(platform.heard[2]?.body, `{"subscriber_id":${subscriber},"flow_ns":"content1"}`)
})

t.test('the pair is tried again as a pair', async t => {
  const { perform, platform, calls, clock } = await openDesk(t)
  const params = { ...contentOf('One'), '~fallback': { sent: 0 } }
  const pair = ['setCustomFieldByName', 'sendFlow']
  for (const [answers, onUnknown, outcome, called] of [
    [[ok, { status: 429 }], 'retry', { kind: 'retry', limit: 'platform' }, pair],
    [[ok, { fault: 'reset' }], 'retry', { kind: 'retry' }, pair],
    [[ok, { fault: 'reset' }], 'hold', { kind: 'dead' }, pair],
    [[{ fault: 'reset' }], 'hold', { kind: 'retry' }, ['setCustomFieldByName']],
    [[ok, refused3011], 'retry', { kind: 'dead', error: { code: 'DYN_CALL_REFUSED' } }, pair],
  ] as const) {
    const before = calls().length
    platform.answerWith(...answers)
    t.match(await perform(leaseOf({ params, onUnknown }), contextOf().context), outcome)
    const names = calls().map(([name]) => name)
    t.strictSame(names.slice(before), called)
    // Longer than the pause of the line after the platform's 429.
    await clock.pass(2500)
  }
})

t.test('the flow is no way for what has no text, no contact, or no flow', async t => {
  const { perform, platform, calls } = await openDesk(t)
  const nothing = { ...contentOf(), data: { version: 'v2', content: { messages: [], actions: [] } } }
  const byRef = { user_ref: '5', data: contentOf('Hello').data }
  for (const over of [
    { params: nothing },
    { operation: 'sending.sendContentByUserRef', params: byRef },
    { page: '222' },
  ]) {
    platform.answerWith(refused3011)
    t.match(await perform(leaseOf(over), contextOf().context), { kind: 'dead', error: { code: 'DYN_CALL_REFUSED' } })
  }
  t.notMatch(calls(), [['setCustomFieldByName']])
})

t.test('a flow that is configured no more is a reason to be told', async t => {
  const { perform } = await openDesk(t, { fallbackFlows: [] })
  const params = { ...contentOf('One'), '~fallback': { sent: 0 } }
  t.match(await perform(leaseOf({ params }), contextOf().context), { kind: 'dead', error: { code: 'DYN_CALL_PARAMS' } })
})

t.test('a lease that is lost on the way ends the way', async t => {
  const { perform, platform, calls } = await openDesk(t)
  platform.answerWith(refused3011)
  t.equal(await perform(leaseOf(), contextOf({ keep: async () => false }).context), null)
  t.equal(calls().length, 1)
  const params = { ...contentOf('One'), '~fallback': { sent: 0 } }
  t.equal(await perform(leaseOf({ params }), contextOf({ keep: async () => false }).context), null)
})
