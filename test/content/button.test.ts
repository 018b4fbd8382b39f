import t from 'tap'
import { addTag } from '../../src/content/action.ts'
import { buyButton, callButton, flowButton, nodeButton, urlButton } from '../../src/content/button.ts'
import { checkContent } from '../../src/content/check.ts'
import { text } from '../../src/content/message.ts'

const url = 'https://example.com'
const actions = [addTag('tapped')]
const sale = {
  customer: { shipping_address: true, contact_name: false, contact_phone: true },
  product: { label: 'T-shirt', cost: 2250 },
}

t.test('each maker returns its wire shape', async t => {
  t.strictSame(urlButton('Open', url), { type: 'url', caption: 'Open', url })
  t.strictSame(callButton('Call', '+15555555555'), { type: 'call', caption: 'Call', phone: '+15555555555' })
  t.strictSame(flowButton('Go', 'content1_2'), { type: 'flow', caption: 'Go', target: 'content1_2' })
  t.strictSame(nodeButton('Show', 'My Content'), { type: 'node', caption: 'Show', target: 'My Content' })
  t.strictSame(buyButton('Buy', sale), { type: 'buy', caption: 'Buy', ...sale })
})

t.test('options are members of the button', async t => {
  t.strictSame(urlButton('Open', url, { webview_size: 'compact', actions }), {
    type: 'url',
    caption: 'Open',
    url,
    webview_size: 'compact',
    actions,
  })
  t.strictSame(flowButton('Go', 'content1_2', { actions }), {
    type: 'flow',
    caption: 'Go',
    target: 'content1_2',
    actions,
  })
  t.strictSame(nodeButton('Show', 'a', { actions }), { type: 'node', caption: 'Show', target: 'a', actions })
  t.strictSame(buyButton('Buy', { ...sale, success_target: 'Paid' }), {
    type: 'buy',
    caption: 'Buy',
    ...sale,
    success_target: 'Paid',
  })
})

t.test('what they make is content', async t => {
  const messages = [
    text('a', [urlButton('Open', url, { actions }), callButton('Call', '+1'), buyButton('Buy', sale)]),
    text('b', [flowButton('Go', 'content1_2', { actions }), nodeButton('Show', 'a', { actions })]),
  ]
  t.strictSame(checkContent({ messages }, { channel: 'messenger', onWarning: t.fail }), { messages })
})
