import t from 'tap'
import type { Call } from '../../src/blocks/call.ts'
import { loadBlocks } from '../../src/blocks/load.ts'
import { openChat } from '../../src/testing.ts'
import { enterClock } from '../mock-clock.ts'

for (const channel of ['messenger', 'instagram', 'whatsapp', 'telegram'] as const) {
  t.test(`welcome greets on ${channel}`, async t => {
    const chat = await openChat('examples/blocks/welcome.json', { channel })
    t.teardown(chat.close)
    t.match(chat.texts, [/^Hi Ana! We (are open until 18:00|open at 9:00)\.$/])
    await chat.tap('Find us')
    const target = 'https://example.com/shop?contact=9007199254740993123'
    t.match(chat.events.at(-1), { kind: 'followed', type: 'url', target })
  })
}

t.test('welcome knows the hour in Madrid, two languages, and contacts without a name', async t => {
  const blocks = await loadBlocks({ folder: 'examples/blocks', log: console })
  t.teardown(() => blocks.stop())
  const cases = [
    ['2026-01-15T07:59:00Z', { first_name: 'Ana', language: 'es' }, '¡Hola Ana! We open at 9:00.'],
    ['2026-01-15T08:00:00Z', { first_name: null }, 'Hi friend! We are open until 18:00.'],
    ['2026-01-15T17:00:00Z', { language: 'en' }, 'Hi friend! We open at 9:00.'],
    ['2026-07-15T07:00:00Z', {}, 'Hi friend! We are open until 18:00.'],
  ] as const
  const times = cases.map(([time]) => Date.parse(time))
  const clock = enterClock(t)
  for (const [i, [time, contact, text]] of cases.entries()) {
    clock.travel(times[i] as number)
    const reply = blocks.get('welcome')?.open({ contact: { id: '1', ...contact } } as Call)
    t.match(reply, { messages: [{ text }] }, time)
  }
})
