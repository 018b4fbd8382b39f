import t from 'tap'
import { serveExamples, talk } from './talk.ts'

for (const channel of ['messenger', 'instagram', 'whatsapp', 'telegram'] as const) {
  t.test(`size asks for a size and a name on ${channel}`, async t => {
    const chat = await talk(await serveExamples(t), 'size', channel)
    t.match(chat.texts(), ['Hi Ana! Which size?'])
    t.same(chat.captions(), ['Small', 'Large'])
    await chat.tap('Large')
    t.match(chat.texts(), ['L it is. And your name?'])
    t.equal(chat.content().external_message_callback?.timeout, 600)
    await chat.say('Ana')
    t.match(chat.texts(), ['Thanks Ana, your L is on its way.'])
    t.same(chat.content().actions, [{ action: 'add_tag', tag_name: 'ordered' }])
  })
}
