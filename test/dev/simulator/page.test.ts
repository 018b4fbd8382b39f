import { readFile } from 'node:fs/promises'
import t from 'tap'
import { defineBlock } from '../../../src/blocks/define.ts'
import { text } from '../../../src/content/message.ts'
import { onBrowser } from '../../needs.ts'
import { openBrowser } from './browser.ts'
import { serveSimulator } from './serve.ts'
import { size } from './size.ts'

t.setTimeout(180_000)

t.test('the contact can be another, by a form and as JSON', onBrowser, async t => {
  const echo = defineBlock({ open: ({ contact }) => `${contact.first_name} of ${contact.ig_id}` })
  const { url } = await serveSimulator(t, { echo })
  const { page, phone, complaints, checkAccess } = await openBrowser(t, { url })
  const contact = page.getByRole('region', { name: 'Contact' })
  const field = contact.getByRole('textbox', { name: 'First name' })
  await field.fill('Bo')
  await field.press('Tab')
  await page.getByRole('button', { name: 'Start again' }).click()
  await phone.shows('Bo of null')
  await contact.getByRole('button', { name: 'JSON' }).click()
  t.same(await checkAccess(), [])
  const whole = contact.getByRole('textbox', { name: 'Full Contact Data' })
  await whole.fill('{"first_name": "Cy", "id": 9007199254740993125}')
  await contact.getByRole('button', { name: 'Apply' }).click()
  await contact.getByRole('button', { name: 'JSON' }).click()
  await page.waitForFunction(`document.querySelector('.fieldset input')?.value === 'Cy'`)
  await contact.getByRole('button', { name: 'JSON' }).click()
  t.match(await whole.inputValue(), '"9007199254740993125"', 'to the digit')
  await whole.fill('{"first_name": ')
  await contact.getByRole('button', { name: 'Apply' }).click()
  t.match(await page.getByRole('alert').innerText(), /JSON/)
  t.same(await checkAccess(), [])
  t.match(complaints, [/400/], 'and nothing else')
})

t.test('a listener and a button expire as the clock moves', onBrowser, async t => {
  const { url } = await serveSimulator(t, { size })
  const { page, phone, complaints, checkAccess } = await openBrowser(t, { url })
  await phone.tap('Small')
  await phone.shows('Your name?')
  await page.getByRole('button', { name: '+ 5 min' }).click()
  await phone.shows('5 minutes later')
  await page.getByText('5 minutes ahead').waitFor()
  await page.getByRole('button', { name: '+ 5 min' }).click()
  await page.getByText('10 minutes ahead').waitFor()
  await phone.say('Ana')
  await phone.shows('The listener had expired: ManyChat’s own automation handles this message.')
  t.same(await checkAccess(), [])
  t.same(complaints, [])
})

t.test('a conversation is saved, loaded, and compared when it is done again', onBrowser, async t => {
  let greeting = 'Hello'
  const greets = defineBlock({
    open: ({ tap }) => text(greeting, [tap('More', 'more')]),
    steps: { more: () => 'More of it' },
  })
  const { url } = await serveSimulator(t, { greets })
  const { page, phone, complaints, checkAccess, picture } = await openBrowser(t, { url })
  await phone.tap('More')
  await phone.shows('More of it')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Save' }).click()
  const saved = await download
  t.equal(saved.suggestedFilename(), 'greets.messenger.json')
  const path = await saved.path()
  t.match(JSON.parse(await readFile(path, 'utf8')), {
    dynablock: 'conversation',
    steps: [
      { do: 'open', answers: [{ content: { messages: [{ text: 'Hello' }] } }] },
      { do: 'tap', caption: 'More' },
    ],
  })

  const replay = page.getByRole('region', { name: 'Replay' })
  await page.getByRole('button', { name: 'Replay' }).click()
  await replay.getByText('Every answer is the same.').waitFor()
  await replay.getByRole('button', { name: 'Close' }).click()
  greeting = 'Good day'
  await page.locator('input[type=file]').setInputFiles(path)
  await replay.getByText('1 of 2 answers differs.').waitFor()
  const lines = await replay.locator('.line:is(.gone, .new)').allInnerTexts()
  t.same(
    lines.map(line => line.replace(/\s+/g, ' ')),
    ['- "Hello"', '+ "Good day"'],
  )
  await phone.shows('Good day')
  t.same(await checkAccess(), [])
  await picture('simulator-replay')
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{"a":1}') })
  t.match(await page.getByRole('alert').innerText(), /recorded conversation/)
  await page.getByRole('button', { name: 'Close' }).first().click()
  t.match(complaints, [/400/], 'and nothing else')
})

t.test('a page whose token is no longer valid says where to go', onBrowser, async t => {
  const { url, app } = await serveSimulator(t, { size })
  const { page, phone } = await openBrowser(t, { url })
  await phone.shows('Small')
  t.equal(new URL(page.url()).search, '', 'the token does not stay in the address')
  await page.context().clearCookies()
  app.server.closeAllConnections()
  await page.getByText('Server started again: open the address that it printed').waitFor()
  await phone.tap('Small')
  t.match(await page.getByRole('alert').innerText(), /Open the address that the server printed/)
})
