import t from 'tap'
import type { Channel } from '../../../src/content/channels.ts'
import type { Content } from '../../../src/content/content.ts'
import { fitToChannel } from '../../../src/dev/conversation/screen.ts'
import { button } from './talk.ts'

function fit(channel: Channel, content: object) {
  let id = 0
  return fitToChannel({ messages: [], ...content } as Content, channel, () => ++id)
}

const text = (text: string, buttons?: object[]) => ({ type: 'text', text, ...(buttons && { buttons }) })
const image = { type: 'image', url: 'https://a.test/b.png' }
const card = {
  title: 'T'.repeat(81),
  subtitle: 'S'.repeat(81),
  image_url: 'https://a.test/b.png',
  buttons: [button('Go', 'go')],
}

const cut: [name: string, channel: Channel, given: object, shown: string][] = [
  ['2000 characters on Messenger', 'messenger', text('x'.repeat(2001)), 'x'.repeat(2000)],
  ['640 with buttons', 'messenger', text('x'.repeat(641), [button('Go', 'go')]), 'x'.repeat(640)],
  ['characters, not halves of them', 'messenger', text('👍'.repeat(2001)), '👍'.repeat(2000)],
  ['nothing that fits', 'messenger', text('👍'.repeat(2000)), '👍'.repeat(2000)],
  ['1000 bytes on Instagram', 'instagram', text('é'.repeat(501)), 'é'.repeat(500)],
  ['nothing of 1000 bytes', 'instagram', text('é'.repeat(500)), 'é'.repeat(500)],
  ['2000 on WhatsApp', 'whatsapp', text('x'.repeat(2001)), 'x'.repeat(2000)],
]
for (const [name, channel, given, shown] of cut) {
  t.test(`a text is cut: ${name}`, async t => {
    const [message] = fit(channel, { messages: [given] }).messages
    t.match(message, { type: 'text', text: shown })
    t.equal(message?.cut, (given as { text: string }).text === shown ? undefined : true)
  })
}

t.test('a caption is cut, and a button too many is not shown', async t => {
  const buttons = ['A caption of more than twenty', 'b', 'c', 'd'].map(caption => button(caption, 'go'))
  const [message] = fit('messenger', { messages: [text('Hm', buttons)] }).messages
  if (message?.type !== 'text') throw new Error('no text')
  t.match(message.buttons, [{ id: 1, caption: 'A caption of more th' }, { id: 2 }, { id: 3 }])
  t.equal(message.buttons.length, 3)
  t.equal(message.buttons[0]?.wire.caption, 'A caption of more than twenty')
})

t.test('what the channel has not is not shown', async t => {
  const call = { type: 'call', caption: 'Call', phone: '+1' }
  const all = {
    messages: [image, { type: 'cards', elements: [card] }, text('Hm', [call])],
    quick_replies: [button('Go', 'go')],
  }
  t.match(fit('whatsapp', all), {
    messages: [{ type: 'image' }, { type: 'text', text: 'Hm', buttons: [] }],
    quickReplies: [],
  })
  t.equal(fit('whatsapp', all).messages.length, 2)
  t.match(fit('telegram', all), { messages: [{ type: 'image', url: image.url }, { type: 'text' }], quickReplies: [] })
  const messenger = fit('messenger', all)
  t.match(messenger.messages, [
    image,
    { type: 'cards', image_aspect_ratio: 'horizontal' },
    { buttons: [{ caption: 'Call' }] },
  ])
  t.match(messenger.quickReplies, [{ caption: 'Go', type: 'dynamic_block_callback' }])
})

t.test('Instagram shows no image without its type', async t => {
  const content = { messages: [image, text('Hm')] }
  t.same(
    fit('instagram', content).messages.map(({ type }) => type),
    ['text'],
  )
  t.same(
    fit('instagram', { type: 'instagram', ...content }).messages.map(({ type }) => type),
    ['image', 'text'],
  )
})

t.test('a card shows 80 characters of title and subtitle', async t => {
  const cards = { type: 'cards', elements: [card, { title: 'Mug' }], image_aspect_ratio: 'square' }
  const [shown] = fit('messenger', { messages: [cards] }).messages
  t.match(shown, {
    image_aspect_ratio: 'square',
    elements: [
      { title: 'T'.repeat(80), subtitle: 'S'.repeat(80), buttons: [{ caption: 'Go' }] },
      { title: 'Mug', buttons: [] },
    ],
  })
})
