import t from 'tap'
import { flowButton } from '../../src/content/button.ts'
import { checkContent } from '../../src/content/check.ts'
import { audio, cards, file, image, text, video } from '../../src/content/message.ts'

const url = 'https://example.com/file'
const buttons = [flowButton('Go', 'content1_2')]

t.test('text is a bubble, with buttons where they are given', async t => {
  t.strictSame(text('Hello!'), { type: 'text', text: 'Hello!' })
  t.strictSame(text('Hello!', buttons), { type: 'text', text: 'Hello!', buttons })
  t.strictSame(text('Hello!', []), { type: 'text', text: 'Hello!', buttons: [] })
})

t.test('media are a bubble by URL', async t => {
  t.strictSame(image(url), { type: 'image', url })
  t.strictSame(image(url, buttons), { type: 'image', url, buttons })
  t.strictSame(video(url), { type: 'video', url })
  t.strictSame(video(url, buttons), { type: 'video', url, buttons })
  t.strictSame(audio(url), { type: 'audio', url })
  t.strictSame(audio(url, buttons), { type: 'audio', url, buttons })
})

t.test('a file has no buttons', async t => {
  t.strictSame(file(url), { type: 'file', url })
})

t.test('cards are one gallery', async t => {
  const card = { title: 'Card title', subtitle: 'card text', image_url: url, action_url: url, buttons }
  t.strictSame(cards([{ title: 'Card title' }]), { type: 'cards', elements: [{ title: 'Card title' }] })
  t.strictSame(cards([card, card], { image_aspect_ratio: 'square' }), {
    type: 'cards',
    elements: [card, card],
    image_aspect_ratio: 'square',
  })
})

t.test('what they make is content', async t => {
  const messages = [text('a', buttons), image(url), video(url), audio(url), file(url), cards([{ title: 'b' }])]
  t.strictSame(checkContent({ messages }, { channel: 'messenger', onWarning: t.fail }), { messages })
})
