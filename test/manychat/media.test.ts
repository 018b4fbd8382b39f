import t from 'tap'
import type { Message } from '../../src/content/message.ts'
import { createManyChat } from '../../src/manychat/client.ts'
import { enterClock } from '../mock-clock.ts'

const key = '1234567890:0123456789abcdef0123456789abcdef'
const text = 'Hello'

t.test('content with media has a minute, and everything else 15 seconds', async t => {
  const clock = enterClock(t)
  const unanswered: (() => boolean)[] = []
  const manychat = createManyChat({
    key,
    limits: { reserve: async () => ({ granted: true, waitMs: 0 }) },
    fetch: (_url, init) =>
      new Promise((_resolve, reject) => {
        const { signal } = init as { signal: AbortSignal }
        unanswered.push(() => signal.aborted)
        signal.addEventListener('abort', () => reject(signal.reason))
      }),
  })
  const image = { type: 'image', url: 'https://b.test/a.png' } as const
  const card = { title: 'Shirt' }
  const contents: Message[][] = [
    [{ type: 'text', text }],
    [{ type: 'cards', elements: [card] }],
    [{ type: 'text', text }, image],
    [{ type: 'cards', elements: [card, { ...card, image_url: image.url }] }],
    ...(['video', 'audio', 'file'] as const).map(type => [{ ...image, type }]),
  ]
  const calls = contents.map((messages, index) =>
    t.rejects(manychat.sending.sendContent({ subscriber_id: index, data: { version: 'v2', content: { messages } } }), {
      carriedOut: 'unknown',
      message: index < 2 ? /no answer within 15000 ms/ : /no answer within 60000 ms/,
    }),
  )
  for (let i = 0; unanswered.length < contents.length && i < 1000; i++) await Promise.resolve()
  t.equal(unanswered.length, contents.length)
  const ended = () => unanswered.filter(isOver => isOver()).length
  clock.advance(14_000)
  t.equal(ended(), 0)
  clock.advance(2000)
  t.equal(ended(), 2)
  clock.advance(43_000)
  t.equal(ended(), 2)
  clock.advance(2000)
  t.equal(ended(), contents.length)
  await Promise.all(calls)
})
