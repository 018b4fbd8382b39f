import t from 'tap'
import type { Content } from '../../src/content/content.ts'
import { joinProgress, planFallback, splitProgress } from '../../src/delivery/fallback-flow.ts'

const callback = { url: 'https://b.test/x', method: 'post' } as const

t.test('texts go as they are, media as their address, in order', async t => {
  const { texts, leftOut } = planFallback({
    messages: [
      { type: 'text', text: 'Hello\nAna' },
      { type: 'image', url: 'https://b.test/a.png' },
      { type: 'file', url: 'https://b.test/a.pdf' },
    ],
  })
  t.strictSame(texts, ['Hello\nAna', 'https://b.test/a.png', 'https://b.test/a.pdf'])
  t.equal(leftOut, null)
})

t.test('buttons that lead to an address or a phone become lines', async t => {
  const { texts, leftOut } = planFallback({
    messages: [
      {
        type: 'text',
        text: 'It is here',
        buttons: [
          { type: 'url', caption: 'Track', url: 'https://b.test/t' },
          { type: 'call', caption: 'Call us', phone: '+15550100' },
        ],
      },
    ],
  })
  t.strictSame(texts, ['It is here\nTrack: https://b.test/t\nCall us: +15550100'])
  t.equal(leftOut, null)
})

t.test('a gallery becomes one text', async t => {
  const { texts } = planFallback({
    messages: [
      {
        type: 'cards',
        elements: [
          { title: 'Shirt', subtitle: 'Red', image_url: 'https://b.test/a.png', action_url: 'https://b.test/shirt' },
          {
            title: 'Hat',
            image_url: 'https://b.test/h.png',
            buttons: [{ type: 'url', caption: 'Buy', url: 'https://b.test/hat' }],
          },
        ],
      },
    ],
  })
  t.strictSame(texts, ['Shirt\nRed\nhttps://b.test/shirt\nHat\nhttps://b.test/h.png\nBuy: https://b.test/hat'])
})

t.test('what can not go that way is named, without a word of it', async t => {
  const content: Content = {
    messages: [
      { type: 'text', text: ' ' },
      {
        type: 'text',
        text: 'Which one?',
        buttons: [
          { type: 'dynamic_block_callback', caption: 'Small', ...callback },
          { type: 'url', caption: 'See', url: 'https://b.test', actions: [{ action: 'add_tag', tag_name: 'seen' }] },
        ],
      },
    ],
    actions: [{ action: 'add_tag', tag_name: 'asked' }],
    quick_replies: [{ type: 'dynamic_block_callback', caption: 'Large', ...callback }],
    external_message_callback: callback,
  }
  const { texts, leftOut } = planFallback(content)
  t.strictSame(texts, ['Which one?\nSee: https://b.test'])
  t.equal(leftOut?.code, 'DYN_SEND_REDUCED')
  t.match(
    leftOut?.message,
    'left out: 1 × empty message, 1 × button of type dynamic_block_callback, 2 × action, 1 × quick reply, 1 × listener',
  )
  t.notMatch(leftOut?.message, /Small|Large|seen|asked/)
})

t.test('on WhatsApp a text has one line and no runs of spaces', async t => {
  const { texts } = planFallback({ type: 'whatsapp', messages: [{ type: 'text', text: ' Hello \n\n  Ana\t!' }] })
  t.strictSame(texts, ['Hello Ana !'])
})

t.test('progress stands beside the parameters, and never leaves', async t => {
  const params = { subscriber_id: '1', data: {} }
  t.strictSame(splitProgress(params), { params, progress: null })
  t.strictSame(splitProgress(joinProgress(params, { sent: 2 })), { params, progress: { sent: 2 } })
})
