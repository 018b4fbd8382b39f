import t from 'tap'
import { defineBlock } from '../../../src/blocks/define.ts'
import { text } from '../../../src/content/message.ts'
import { onBrowser } from '../../needs.ts'
import { openBrowser } from './browser.ts'
import { serveSimulator } from './serve.ts'

t.setTimeout(120_000)

t.test('a late reply is waited for, and arrives; faults of the platform hold it up', onBrowser, async t => {
  let gate = Promise.withResolvers<string>()
  const stock = defineBlock({
    description: 'Asks a slow warehouse',
    waiting: 'Let me look in the warehouse…',
    open: () => gate.promise,
  })
  const { url } = await serveSimulator(t, { stock }, { config: { replyWithinMs: 100 } })
  const { page, phone, complaints, setCondition, checkAccess, picture } = await openBrowser(t, { url })
  const sends = page.getByRole('region', { name: 'Sends' })
  await phone.shows('Let me look in the warehouse…')
  await sends.getByText('Under way').waitFor()
  t.same(await checkAccess(), [])

  await setCondition('ManyChat’s API', 'limited')
  gate.resolve('We have 12 of them. Shall I put one aside?')
  await sends.getByText('DYN_CALL_LIMITED').waitFor()
  await page.getByText('429', { exact: true }).first().waitFor()
  t.same(await checkAccess(), [])
  await picture('simulator-late-reply')

  await setCondition('ManyChat’s API', 'none')
  await phone.shows('We have 12 of them. Shall I put one aside?')
  await phone.shows('Delivered later')
  await sends.getByText('Arrived', { exact: true }).waitFor()
  t.match(await page.getByText(/Delivered to the phone through/).innerText(), 'sendContent')

  gate = Promise.withResolvers()
  await page.getByRole('button', { name: 'Start again' }).click()
  await sends.getByText('Under way').waitFor()
  await page.getByRole('button', { name: '+ 25 h' }).click()
  await phone.shows('25 hours later')
  gate.resolve('Too late')
  await sends.getByText('Given up').waitFor()
  await page.getByText('Refused with code 3011').waitFor()
  t.same(await checkAccess(), [])
  t.same(complaints, [])
})

t.test('what is wrong with content is shown with its place', onBrowser, async t => {
  const wrong = defineBlock({
    fallback: 'Something is wrong here, sorry.',
    open: ({ tapReply, channel }) =>
      channel === 'instagram'
        ? { messages: [text('Pick one')], quick_replies: [tapReply('This', 'next'), tapReply('That', 'next')] }
        : channel === 'tiktok'
          ? text(`${'A'.repeat(2000)} and the rest`)
          : { messages: [text('A'.repeat(2001)), { type: 'text', text: '' }] },
    steps: { next: () => 'Next' },
  })
  const { url } = await serveSimulator(t, { wrong })
  const { page, phone, complaints, checkAccess, picture } = await openBrowser(t, { url })
  await phone.shows('Something is wrong here, sorry.')
  const problem = page.getByRole('listitem').filter({ hasText: 'DYN_CONTENT_INVALID' }).last()
  t.match(await problem.innerText(), /Error DYN_CONTENT_INVALID[\s\S]*\/messages\/1\/text/)
  t.same(await checkAccess(), [])

  await phone.pick('wrong', 'Instagram')
  const warning = page.getByRole('listitem').filter({ hasText: 'undocumented-quick-reply' }).last()
  t.match(await warning.innerText(), /Got\s+dynamic_block_callback/)
  await page.getByRole('button', { name: '/quick_replies/1/type' }).click()
  const place = page.locator('.line:focus')
  t.equal(await place.innerText(), '"type": "dynamic_block_callback",')
  t.match(await place.getAttribute('class'), 'warning')
  t.same(await checkAccess(), [])
  await picture('simulator-problem')

  await phone.pick('wrong', 'TikTok')
  await phone.shows('and the rest')
  const repaired = page.getByRole('listitem').filter({ hasText: 'text-split' }).last()
  t.match(await repaired.innerText(), /Repaired text-split[\s\S]*TikTok shows at most 2000 characters/)
  t.same(await checkAccess(), [])
  t.same(complaints, [])
})

t.test('an answer that ManyChat would not wait for is never seen', onBrowser, async t => {
  const hello = defineBlock({ open: () => 'Hello' })
  const { url } = await serveSimulator(t, { hello }, { answerWithinMs: 500 })
  const { page, phone, complaints, setCondition, checkAccess } = await openBrowser(t, { url })
  await phone.shows('Hello')
  await setCondition('Network to this server', '11000')
  await page.getByRole('button', { name: 'Start again' }).click()
  await page.getByText('waiting…').waitFor()
  await page.getByText('is typing').waitFor({ state: 'attached' })
  t.same(await checkAccess(), [])
  await phone.shows('The contact sees nothing. The timeline says why.')
  await page.getByText(/ManyChat waits 10000 ms for an answer/).waitFor()
  t.same(await checkAccess(), [])
  t.same(complaints, [])
})
