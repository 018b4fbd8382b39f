/** The page is accessible: by keyboard, on a small screen, in dark mode. */
import t from 'tap'
import { onBrowser } from '../../needs.ts'
import { openBrowser } from './browser.ts'
import { serveExamples, serveSimulator } from './serve.ts'
import { size } from './size.ts'

t.setTimeout(180_000)

t.test('all of it works by keyboard alone', onBrowser, async t => {
  const { url } = await serveSimulator(t, { size })
  const { page, phone, complaints } = await openBrowser(t, { url })
  const { keyboard } = page
  const focused = () => page.evaluate('document.activeElement?.textContent?.trim()')
  /** Presses Tab until the element with this text has the focus. */
  const reach = async (name: string) => {
    for (let steps = 0; (await focused()) !== name; steps++) {
      if (steps > 60) throw new Error(`"${name}" is not reached by Tab`)
      await keyboard.press('Tab')
    }
  }
  await phone.shows('Small')
  await reach('Skip to the phone')
  await keyboard.press('Enter')
  await reach('Small')
  await keyboard.press('Enter')
  await phone.shows('Your name?')
  await page.evaluate(`document.querySelector('.composer input').blur()`)
  await reach('Small')
  await keyboard.press('Tab')
  await keyboard.type('Ana')
  await keyboard.press('Enter')
  await phone.shows('Ana: S')
  await page.getByRole('radio', { name: 'Messenger' }).focus()
  await keyboard.press('ArrowRight')
  await phone.shows('Instagram')
  await page.getByRole('combobox', { name: 'Block' }).focus()
  t.same(complaints, [])
})

t.test('a screen of 360 pixels has room for all of it', onBrowser, async t => {
  const { url } = await serveExamples(t)
  const { page, phone, complaints, checkAccess, picture } = await openBrowser(t, { url, width: 360, height: 740 })
  await phone.tap('Small')
  await phone.shows('S it is. And your name?')
  await phone.say('Ana')
  await phone.shows('Thanks Ana, your S is on its way.')
  t.same(await checkAccess(), [])
  t.equal(await page.evaluate('document.documentElement.scrollWidth'), 360, 'nothing sticks out')
  for (const name of ['Start again', 'Replay', 'Load', '+ 25 h']) {
    t.ok(await page.getByRole('button', { name }).isVisible(), name)
  }
  await picture('simulator-narrow')
  t.same(complaints, [])
})

t.test('it is dark where people like it dark', onBrowser, async t => {
  const { url } = await serveExamples(t)
  const { page, phone, complaints, checkAccess, picture } = await openBrowser(t, { url, colorScheme: 'dark' })
  for (const channel of ['Messenger', 'Instagram', 'WhatsApp', 'Telegram']) {
    await phone.pick('size', channel)
    await phone.tap('Small')
    await phone.say('Ana')
    await phone.shows('Thanks Ana, your S is on its way.')
    t.same(await checkAccess(), [], channel)
  }
  await phone.pick('faq', 'Instagram')
  await phone.tap('Delivery')
  await phone.shows(/We deliver within three days/)
  await picture('simulator-dark')
  const background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
  t.equal(background, 'rgb(13, 15, 20)')
  t.same(complaints, [])
})
