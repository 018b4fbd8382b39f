import t from 'tap'
import gallery from '../../examples/blocks/gallery.ts'
import { openChat } from '../../src/testing.ts'

t.test('gallery shows cards on Messenger, with buttons of every kind', async t => {
  const chat = await openChat(gallery)
  t.match(chat.last, { type: 'cards', cards: [{ title: 'T-shirt' }, { title: 'Mug' }, { title: 'Cap' }] })
  t.same(chat.last?.cards?.[0]?.buttons, ['Details', 'Open', 'Buy'])
  await chat.tap('Open')
  t.same(chat.tags, ['looked at products'])
  await chat.tap('Details')
  t.match(chat.answer, [{ type: 'image' }, { type: 'text', text: 'One size fits most' }])
  t.same(chat.buttons, ['Call us', 'Delivery', 'Sizes'])
})

t.test('gallery leaves the call button away on Instagram', async t => {
  const chat = await openChat(gallery, { channel: 'instagram' })
  t.notOk(chat.problems.some(({ severity }) => severity === 'error'))
  await chat.tap('Details')
  t.same(chat.buttons, ['Delivery', 'Sizes'])
})

for (const channel of ['whatsapp', 'telegram'] as const) {
  t.test(`gallery is a text on ${channel}`, async t => {
    const chat = await openChat(gallery, { channel })
    t.same(chat.texts, ['T-shirt: €22.50\nMug: €9.90\nCap: €15.00'])
    t.same(chat.buttons, ['Open the shop'])
  })
}
