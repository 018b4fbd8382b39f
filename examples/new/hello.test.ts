import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChat } from 'dynablock/testing'
import block from './hello.ts'

test('hello takes a message', async () => {
  const chat = await openChat(block, { channel: 'messenger' })
  assert.equal(chat.last?.text, 'Hi Ana!')
  await chat.tap('Write to us')
  await chat.say('my order')
  assert.equal(chat.last?.text, 'Thanks! We look into “my order”.')
})
