import t from 'tap'
import form from '../../examples/blocks/form.ts'
import { openChat } from '../../src/testing.ts'

for (const channel of ['messenger', 'instagram', 'whatsapp', 'telegram'] as const) {
  t.test(`form books a table on ${channel}, asking again until each answer fits`, async t => {
    const chat = await openChat(form, { channel })
    for (const wrong of ['many', '0', '13', '2.5']) {
      await chat.say(wrong)
      t.same(chat.texts, ['A number from 1 to 12, please.'])
    }
    await chat.say('4')
    for (const wrong of ['tomorrow', '2027-02-30', '25.3.2027']) {
      await chat.say(wrong)
      t.same(chat.texts, ['I need a day like 2027-03-25.'])
    }
    await chat.say('2027-03-25')
    await chat.say('ana at example.com')
    t.same(chat.texts, ['That doesn’t look like an email address. Please try again.'])
    await chat.say('ana@example.com')
    t.match(chat.texts, [/^A table for 4 on 2027-03-25, confirmed to ana@example.com\?/])
    await (chat.quickReplies.length > 0 ? chat.tap('Yes') : chat.say('Yes'))
    t.same(chat.fields, { 'Booked for': '2027-03-25', 'Party size': 4, Email: 'ana@example.com' })
    t.same(chat.tags, ['booked'])
  })
}

t.test('form starts again when the summary is wrong', async t => {
  const chat = await openChat(form, { channel: 'telegram' })
  for (const answer of ['4', '2027-03-25', 'ana@example.com', '2']) await chat.say(answer)
  t.same(chat.texts, ['Let us start again. For how many people?'])
  await chat.say('2')
  t.match(chat.texts, [/^On which day/])
})
