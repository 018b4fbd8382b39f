import t from 'tap'
import { onBrowser } from '../../needs.ts'
import { openBrowser } from './browser.ts'
import { serveExamples } from './serve.ts'

t.setTimeout(180_000)

t.test('the examples talk on all four channels', onBrowser, async t => {
  const { page, phone, complaints, checkAccess, picture } = await openBrowser(t, await serveExamples(t))
  for (const channel of ['Messenger', 'Instagram', 'WhatsApp', 'Telegram']) {
    await t.test(channel, async t => {
      const hasReplies = channel === 'Messenger' || channel === 'Instagram'
      await phone.pick('size', channel)
      await phone.tap('Small')
      await phone.shows('S it is. And your name?')
      await phone.say('Ana')
      await phone.shows('Thanks Ana, your S is on its way.')
      t.ok(
        await page
          .getByRole('listitem')
          .filter({ hasText: /^ordered$/ })
          .isVisible(),
        'the tag is listed',
      )
      if (channel === 'Messenger') await picture('simulator')

      await phone.pick('faq', channel)
      await phone.shows(/What would you like to know/)
      if (hasReplies) await phone.tap('Returns')
      else await phone.say('2')
      await phone.shows(/Send it back within 30 days/)

      await phone.pick('form', channel)
      for (const [asked, answer] of [
        [/For how many people/, 'many'],
        ['A number from 1 to 12, please.', '4'],
        [/On which day/, '2027-03-25'],
        ['And your email address?', 'ana@example.com'],
      ] as const) {
        await phone.shows(asked)
        await phone.say(answer)
      }
      await phone.shows(/A table for 4 on 2027-03-25/)
      if (hasReplies) await phone.tap('Yes')
      else await phone.say('1')
      await phone.shows('Booked! See you then.')
      t.match(await page.getByRole('region', { name: 'Tags and fields' }).innerText(), /booked[\s\S]*Party size\s+4/)
      t.same(await checkAccess(), [])

      await phone.pick('gallery', channel)
      if (hasReplies) {
        await phone.tap('Details')
        await phone.shows('Holds a lot of coffee')
      } else {
        await phone.tap('Open the shop')
        await phone.shows(/Opens https:\/\/shop\.example\.com/)
      }
      t.same(await checkAccess(), [])
    })
  }
  await phone.pick('gallery', 'Messenger')
  await phone.shows('Holds a lot of coffee')
  await picture('simulator-cards')
  t.same(complaints, [])
})
