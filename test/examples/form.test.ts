import t from 'tap'
import { serveExamples, talk } from './talk.ts'

for (const channel of ['messenger', 'instagram', 'whatsapp', 'telegram'] as const) {
  t.test(`form books a table on ${channel}, asking again until each answer fits`, async t => {
    const chat = await talk(await serveExamples(t), 'form', channel)
    for (const wrong of ['many', '0', '13', '2.5']) {
      await chat.say(wrong)
      t.same(chat.texts(), ['A number from 1 to 12, please.'])
    }
    await chat.say('4')
    for (const wrong of ['tomorrow', '2027-02-30', '25.3.2027']) {
      await chat.say(wrong)
      t.same(chat.texts(), ['I need a day like 2027-03-25.'])
    }
    await chat.say('2027-03-25')
    await chat.say('ana at example.com')
    t.same(chat.texts(), ['That is no email address. Once more?'])
    await chat.say('ana@example.com')
    t.match(chat.texts(), [/^A table for 4 on 2027-03-25, confirmed to ana@example.com\?/])
    const answer = chat.content().quick_replies ? chat.tap : chat.say
    await answer('Yes')
    t.same(chat.content().actions, [
      { action: 'set_field_value', field_name: 'Booked for', value: '2027-03-25' },
      { action: 'set_field_value', field_name: 'Party size', value: 4 },
      { action: 'set_field_value', field_name: 'Email', value: 'ana@example.com' },
      { action: 'add_tag', tag_name: 'booked' },
    ])
  })
}

t.test('form starts again when the summary is wrong', async t => {
  const chat = await talk(await serveExamples(t), 'form', 'telegram')
  for (const answer of ['4', '2027-03-25', 'ana@example.com', '2']) await chat.say(answer)
  t.same(chat.texts(), ['Let us start again. For how many people?'])
  await chat.say('2')
  t.match(chat.texts(), [/^On which day/])
})
