import t from 'tap'
import { serveExamples, talk } from './talk.ts'

t.test('gallery shows cards on Messenger, with buttons of every kind', async t => {
  const chat = await talk(await serveExamples(t), 'gallery', 'messenger')
  const [gallery] = chat.content().messages
  t.match(gallery, { type: 'cards', image_aspect_ratio: 'square', elements: { length: 3 } })
  t.same(chat.captions().slice(0, 3), ['Details', 'Open', 'Buy'])
  await chat.tap('Details')
  t.match(chat.content().messages, [{ type: 'image' }, { type: 'text', text: 'Cotton, in three colours' }])
  t.same(chat.captions(), ['Call us', 'Delivery', 'Sizes'])
})

t.test('gallery leaves the call button away on Instagram', async t => {
  const chat = await talk(await serveExamples(t), 'gallery', 'instagram')
  t.equal(chat.content().type, 'instagram')
  await chat.tap('Details')
  t.same(chat.captions(), ['Delivery', 'Sizes'])
})

for (const channel of ['whatsapp', 'telegram'] as const) {
  t.test(`gallery is a text on ${channel}`, async t => {
    const chat = await talk(await serveExamples(t), 'gallery', channel)
    t.match(chat.texts(), ['T-shirt: €22.50\nMug: €9.90\nCap: €15.00'])
    t.same(chat.captions(), ['Open the shop'])
  })
}
