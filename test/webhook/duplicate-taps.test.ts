import t from 'tap'
import { defineBlock, flowReply, Type } from '../../src/index.ts'
import { createDuplicateTaps } from '../../src/webhook/duplicate-taps.ts'
import { type Answer, build, buttonOf, type Callback } from '../helper.ts'

/** ManyChat shows nothing for it; the conversation continues through the listener. */
const isSilent = ({ status, content }: Answer) => status === 200 && content.messages.length === 0
const listenerOf = ({ content }: Answer) => content.external_message_callback as Callback

t.test('a tap that also comes as a message is answered once', async t => {
  const { size, runs } = createSize()
  const { open, tap, say } = build(t, { blocks: { size } })
  const opened = await open('size')

  const byTap = await tap(opened, 'Small')
  t.equal(byTap.shown, 'S it is. Your name?')
  const byMessage = await say(opened, 'Small')
  t.ok(isSilent(byMessage))
  t.same(listenerOf(byMessage), listenerOf(byTap), 'the listener stays the one of the step')
  t.same(runs, ['S'])
  t.equal((await say(byMessage, 'Ana')).shown, 'Thanks Ana')
})

t.test('also when the message comes first', async t => {
  const { size, runs } = createSize()
  const { open, tap, say } = build(t, { blocks: { size } })
  const opened = await open('size')

  const byMessage = await say(opened, 'Small')
  t.equal(byMessage.shown, 'S it is. Your name?')
  const byTap = await tap(opened, 'Small')
  t.ok(isSilent(byTap))
  t.same(listenerOf(byTap), listenerOf(byMessage))
  t.same(runs, ['S'])
})

t.test('also when both come at once and the step takes its time', async t => {
  const { size, runs, release } = createSize({ slow: true })
  const { open, tap, say } = build(t, { blocks: { size } })
  const opened = await open('size')
  const both = [say(opened, 'Small'), tap(opened, 'Small')]
  release()
  const answers = await Promise.all(both)
  t.equal(answers.filter(isSilent).length, 1)
  t.same(listenerOf(answers[0] as Answer), listenerOf(answers[1] as Answer))
  t.same(runs, ['S'])
})

t.test('the type of the channel is on both', async t => {
  const { size } = createSize()
  const { open, tap, say } = build(t, { blocks: { size } })
  const opened = await open('size', '{"id":7,"ig_id":5}')
  t.equal((await tap(opened, 'Small')).content.type, 'instagram')
  t.equal((await say(opened, 'Small')).content.type, 'instagram')
})

t.test('a caption that is typed leads where its button leads, in any case', async t => {
  const { size, runs } = createSize()
  const { open, say } = build(t, { blocks: { size } })
  t.equal((await say(await open('size'), ' LARGE ')).shown, 'L it is. Your name?')
  t.same(runs, ['L'])
})

t.test('any other message is for the step that listens', async t => {
  const { size, runs } = createSize()
  const { open, say } = build(t, { blocks: { size } })
  const opened = await open('size')
  t.equal((await say(opened, 'medium')).shown, 'No size: medium')
  t.equal((await say(opened, '1')).shown, 'No size: 1', 'quick replies have no numbers')
  t.equal((await say(opened, '')).shown, 'No size: null')
  t.same(runs, [])
})

t.test('two taps are two wishes', async t => {
  const { size, runs } = createSize()
  const { open, tap } = build(t, { blocks: { size } })
  const opened = await open('size')
  t.equal((await tap(opened, 'Small')).shown, 'S it is. Your name?')
  t.equal((await tap(opened, 'Large')).shown, 'L it is. Your name?')
  t.equal((await tap(await open('size'), 'Small')).shown, 'S it is. Your name?', 'and so is another turn')
  t.same(runs, ['S', 'L', 'S'])
})

t.test('a minute later the same tap is a new wish', async t => {
  const { size, runs } = createSize()
  const { open, tap, say, clock } = build(t, { blocks: { size } })
  const opened = await open('size')
  await tap(opened, 'Small')
  clock.ms += 59_999
  t.ok(isSilent(await say(opened, 'Small')))
  clock.ms += 1
  t.equal((await say(opened, 'Small')).shown, 'S it is. Your name?')
  t.same(runs, ['S', 'S'])
})

t.test('what ManyChat follows itself is met by silence, and listening goes on', async t => {
  const { size, runs } = createSize()
  const { open, tap, say } = build(t, { blocks: { size } })
  const opened = await open('size')
  const silent = await say(opened, 'help')
  t.ok(isSilent(silent))
  t.match(listenerOf(silent), { url: /\/blocks\/size\/other$/, timeout: 300 })
  t.equal((await say(silent, 'hello')).shown, 'No size: hello')
  t.equal((await say(silent, 'Help')).shown, 'No size: Help', 'the reply is gone from the screen')
  t.equal((await say(silent, 'small')).shown, 'S it is. Your name?')
  t.equal((await tap(opened, 'Small')).shown, 'S it is. Your name?')
  t.same(runs, ['S', 'S'])
})

t.test('the same when all the replies are of that kind', async t => {
  const faq = defineBlock({
    open: ({ listen }) => ({
      messages: [{ type: 'text', text: 'Ask' }],
      quick_replies: [flowReply('Help', 'content20180221085508_278589')],
      external_message_callback: listen('asked'),
    }),
    steps: { asked: ({ input }) => `Asked ${input}` },
  })
  const { open, say } = build(t, { blocks: { faq } })
  const silent = await say(await open('faq'), 'Help')
  t.ok(isSilent(silent))
  t.equal((await say(silent, 'why')).shown, 'Asked why')
})

t.test('whichever comes first fails, the contact can try again by message', async t => {
  for (const first of ['tap', 'say'] as const) {
    let fails = true
    const { size } = createSize({ fails: () => fails })
    const { open, tap, say } = build(t, { blocks: { size } })
    const opened = await open('size')
    const answers = first === 'tap' ? [await tap(opened, 'Small')] : [await say(opened, 'Small')]
    answers.push(first === 'tap' ? await say(opened, 'Small') : await tap(opened, 'Small'))
    t.match(answers[0]?.shown, /^Sorry/, `${first} first`)
    t.ok(isSilent(answers[1] as Answer), 'said once')
    fails = false
    t.equal((await say(answers[1] as Answer, 'small')).shown, 'S it is. Your name?')
  }
})

t.test('the memory has a bound, the oldest taps leave it first', async t => {
  const duplicateTaps = createDuplicateTaps({ now: () => 0 })
  const answer = { content: { messages: [] }, json: '{}' }
  let runs = 0
  const run = async () => {
    runs++
    return answer
  }
  for (let i = 0; i <= 10_000; i++) await duplicateTaps.once(`${i}`, run)
  t.equal(runs, 10_001)
  await duplicateTaps.once('10000', run)
  t.equal(runs, 10_001, 'the newest is remembered')
  await duplicateTaps.once('0', run)
  t.equal(runs, 10_002, 'the oldest is not')
})

t.test('buttons under a message are no duplicates: they can be tapped again', async t => {
  let runs = 0
  const block = defineBlock({
    open: ({ tap, listen }) => ({
      messages: [{ type: 'text', text: 'Go', buttons: [tap('Go', 'go')] }],
      external_message_callback: listen('go'),
    }),
    steps: { go: () => `${++runs}` },
  })
  const { open, tap, say } = build(t, { blocks: { block } })
  const opened = await open('block')
  t.same([(await tap(opened, 'Go')).shown, (await tap(opened, 'Go')).shown], ['1', '2'])
  t.equal((await say(opened, 'Go')).shown, '3')
})

t.test('quick replies alone stay as they were sealed', async t => {
  const block = defineBlock({
    open: ({ tapReply }) => ({ messages: [{ type: 'text', text: 'Go' }], quick_replies: [tapReply('Go', 'go')] }),
    steps: { go: () => 'Gone' },
  })
  const { open, tap } = build(t, { blocks: { block } })
  const opened = await open('block')
  const claims = String(buttonOf(opened, 'Go')?.payload?.state).split('.')[1] as string
  t.notOk('turn' in JSON.parse(Buffer.from(claims, 'base64url').toString()))
  t.equal((await tap(opened, 'Go')).shown, 'Gone')
})

function createSize({ slow = false, fails = (): boolean => false } = {}) {
  const runs: string[] = []
  const { promise: gate, resolve: release } = Promise.withResolvers<void>()
  if (!slow) release()
  const size = defineBlock({
    states: { chosen: Type.Object({ size: Type.String() }) },
    open: ({ tapReply, listen }) => ({
      messages: [{ type: 'text', text: 'Which size?' }],
      quick_replies: [
        tapReply('Small', 'chosen', { size: 'S' }),
        tapReply('Large', 'chosen', { size: 'L' }),
        flowReply('Help', 'content20180221085508_278589'),
      ],
      external_message_callback: listen('other', undefined, { timeoutSeconds: 300 }),
    }),
    steps: {
      chosen: async ({ state, listen }) => {
        runs.push(state.size)
        await gate
        if (fails()) throw new Error('out of stock')
        return {
          messages: [{ type: 'text', text: `${state.size} it is. Your name?` }],
          external_message_callback: listen('named'),
        }
      },
      other: ({ input }) => `No size: ${input}`,
      named: ({ input }) => `Thanks ${input}`,
    },
  })
  return { size, runs, release }
}
