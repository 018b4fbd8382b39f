import t from 'tap'
import size from '../examples/blocks/size.ts'
import { defineBlock } from '../src/index.ts'
import { openChat } from '../src/testing.ts'

t.test('a test taps, says, and sees what the contact sees', async t => {
  const chat = await openChat(size, { channel: 'instagram' })
  t.teardown(chat.close)
  t.same(chat.texts, ['Hi Ana! Which size?'])
  t.same(chat.buttons, ['Small', 'Large'])
  await chat.tap('Small')
  t.equal(chat.last?.text, 'S it is. And your name?')
  t.ok(chat.isListening)
  await chat.say('Ana')
  t.same(chat.texts, ['Thanks Ana, your S is on its way.'])
  t.same(chat.tags, ['ordered'])
  t.notOk(chat.isListening)
})
t.test('late', async t => {
  const gate = Promise.withResolvers<string>()
  const chat = await openChat(defineBlock({ waiting: 'One moment', open: () => gate.promise }), { replyWithinMs: 20 })
  t.teardown(chat.close)
  t.same(chat.texts, ['One moment'])
  await chat.wait(60)
  t.same(chat.texts, [])
  gate.resolve('There you are')
  await chat.wait(60)
  t.same(chat.answer, [{ type: 'text', text: 'There you are', buttons: [], late: true }])
})
