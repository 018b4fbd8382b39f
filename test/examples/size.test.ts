import t from 'tap'
import size from '../../examples/blocks/size.ts'
import { openChat } from '../../src/testing.ts'

for (const channel of ['messenger', 'instagram', 'whatsapp', 'telegram'] as const) {
  t.test(`size asks for a size and a name on ${channel}`, async t => {
    const chat = await openChat(size, { channel })
    t.same(chat.texts, ['Hi Ana! Which size?'])
    t.same(chat.buttons, ['Small', 'Large'])
    await chat.tap('Large')
    t.same(chat.texts, ['L it is. And your name?'])
    await chat.wait(599)
    t.ok(chat.isListening, 'for ten minutes')
    await chat.say('Ana')
    t.same(chat.texts, ['Thanks Ana, your L is on its way.'])
    t.same(chat.tags, ['ordered'])
  })
}
