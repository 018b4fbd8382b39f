import t from 'tap'
import faq from '../../examples/blocks/faq.ts'
import { openChat } from '../../src/testing.ts'

for (const channel of ['messenger', 'instagram'] as const) {
  t.test(`faq offers quick replies on ${channel}`, async t => {
    const chat = await openChat(faq, { channel })
    t.same(chat.quickReplies, ['Delivery', 'Returns', 'Opening hours'])
    t.notOk(chat.isListening)
    await chat.tap('Returns')
    t.match(chat.texts, [/^Send it back within 30 days/])
    t.same(chat.quickReplies, ['Delivery', 'Opening hours', 'No, thanks'])
    await chat.tap('No, thanks')
    t.same(chat.texts, ['You are welcome!'])
  })
}

for (const channel of ['whatsapp', 'telegram'] as const) {
  t.test(`faq is a numbered list on ${channel}`, async t => {
    const chat = await openChat(faq, { channel })
    t.same(chat.texts, ['What would you like to know?\n1. Delivery\n2. Returns\n3. Opening hours'])
    t.same(chat.quickReplies, [])
    await chat.say('2')
    t.match(chat.texts, [/^Send it back within 30 days/])
    const asked = chat.texts
    await chat.say('something else')
    t.same(chat.texts, asked, 'a menu without otherwise asks again')
    await chat.say('NO, thanks')
    t.same(chat.texts, ['You are welcome!'])
  })

  t.test(`faq says what it knows when it does not understand on ${channel}`, async t => {
    const chat = await openChat(faq, { channel })
    await chat.say('Where are you?')
    t.match(chat.texts, [/^I only know about/])
  })
}
