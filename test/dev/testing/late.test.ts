import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { type Block, defineBlock } from '../../../src/index.ts'
import { type ChatOptions, openChat } from '../../../src/testing.ts'

async function open(t: Test, block: Block, options?: ChatOptions) {
  const chat = await openChat(block, options)
  t.teardown(chat.close)
  return chat
}

t.test('a slow block shows that it is, and its reply arrives when it is there', async t => {
  const gate = Promise.withResolvers<string>()
  const block = defineBlock({ waiting: 'One moment', latePrefix: 'So:', open: () => gate.promise })
  const chat = await open(t, block, { replyWithinMs: 20, channel: 'instagram' })
  t.same(chat.texts, ['One moment'])
  await chat.wait(60)
  t.same(chat.texts, [], 'it is not there yet')
  gate.resolve('there you are')
  await chat.wait(60)
  t.same(chat.answer, [{ type: 'text', text: 'So: there you are', buttons: [], late: true }])
})

t.test('a test may wait until all is there', async t => {
  const block = defineBlock({
    replyWithinMs: 1,
    open: async () => {
      await new Promise(resolve => setTimeout(resolve, 20))
      return 'there you are'
    },
  })
  const chat = await open(t, block)
  await chat.settled()
  t.equal(chat.last?.text, 'there you are')
})

t.test('a late reply that fails is told, as is one that comes too late', async t => {
  const gates = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
  let calls = 0
  const block = defineBlock({ fallback: 'Sorry', open: () => gates[calls++]?.promise })
  const chat = await open(t, block, { replyWithinMs: 20 })
  const thrown = new Error('no stock')
  gates[0]?.reject(thrown)
  await t.rejects(chat.settled(), { code: 'DYN_CHAT_FAILED', cause: thrown, message: /DYN_BLOCK_THREW/ })
  t.equal(chat.last?.text, 'Sorry')
  await chat.open()
  gates[1]?.resolve('there you are')
  await t.rejects(chat.wait(90_000), { code: 'DYN_CHAT_FAILED', message: /DYN_CALL_REFUSED.*24 hours/s })
  t.equal(chat.last?.late, false, 'it did not arrive')
  await chat.settled()
})

t.test('without late replies a slow block fails', async t => {
  const called = Promise.withResolvers<void>()
  const block = defineBlock({
    open: () => {
      called.resolve()
      return new Promise<string>(() => {})
    },
  })
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const opening = t.rejects(openChat(block), { code: 'DYN_CHAT_FAILED', message: /DYN_BLOCK_LATE: .* 8000 ms/ })
  await called.promise
  mock.timers.tick(8000)
  await opening
})
