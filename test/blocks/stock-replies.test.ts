import t from 'tap'
import { stockReply } from '../../src/blocks/stock-replies.ts'
import { cards, defineBlock, text } from '../../src/index.ts'
import { build } from '../helper.ts'

const open = () => {
  throw new Error('broken')
}
const onChannel = (channel: string) => `{"contact":{"id":7},"channel":"${channel}"}`

t.test('the block’s own words stand in', async t => {
  const block = defineBlock({
    open,
    fallback: { messages: [text('Ours')], actions: [{ action: 'add_tag', tag_name: 'x' }] },
  })
  const { open: openBlock } = build(t, { blocks: { block } })
  t.same((await openBlock('block', onChannel('telegram'))).content, {
    type: 'telegram',
    messages: [{ type: 'text', text: 'Ours' }],
    actions: [{ action: 'add_tag', tag_name: 'x' }],
  })
})

t.test('where the channel does not take them, a short text does', async t => {
  const gallery = [cards([{ title: 'Sorry' }])]
  const block = defineBlock({ open, fallback: gallery, waiting: gallery, expired: gallery })
  const { open: openBlock } = build(t, { blocks: { block } })
  t.same((await openBlock('block', onChannel('instagram'))).content.messages, gallery)
  t.same((await openBlock('block', onChannel('whatsapp'))).content, {
    type: 'whatsapp',
    messages: [{ type: 'text', text: 'Sorry, that did not work. Please try again in a moment.' }],
  })
  t.same(stockReply(block, 'waiting', 'messenger').messages, gallery)
  t.match(stockReply(block, 'waiting', 'telegram'), { messages: [{ text: 'One moment, please…' }] })
  t.match(stockReply(block, 'expired', 'telegram'), { messages: [{ text: /too old/ }] })
})

t.test('it may be nothing', async t => {
  const block = defineBlock({ open, fallback: null })
  t.same((await build(t, { blocks: { block } }).open('block')).content, { messages: [] })
})

t.test('a message that can not be answered may be sent again: its listener goes on', async t => {
  let fails = true
  const block = defineBlock({
    open: ({ listen }) => ({ external_message_callback: listen('heard', undefined, { timeoutSeconds: 90 }) }),
    steps: {
      heard: ({ input }) => {
        if (fails) throw new Error('broken')
        return `Heard ${input}`
      },
    },
  })
  const { open, say, clock } = build(t, { blocks: { block } })
  const opened = await open('block')
  clock.ms += 80_000
  const failed = await say(opened, 'one')
  t.match(failed.shown, /^Sorry/)
  t.match(failed.content.external_message_callback, { url: /\/blocks\/block\/heard$/, timeout: 90 })
  fails = false
  clock.ms += 85_000
  t.equal((await say(failed, 'two')).shown, 'Heard two', 'and waits its full time again')
})

t.test('a tap that fails leaves nothing behind', async t => {
  const block = defineBlock({
    open: ({ tap }) => text('Go', [tap('Go', 'broken')]),
    steps: { broken: open },
  })
  const { open: openBlock, tap } = build(t, { blocks: { block } })
  t.same(Object.keys((await tap(await openBlock('block'), 'Go')).content), ['messages'])
})

t.test('a fallback that can not be written down is replaced as well', async t => {
  const payload: Record<string, unknown> = {}
  payload.self = payload
  const button = {
    type: 'dynamic_block_callback',
    caption: 'Go',
    url: 'https://a.test',
    method: 'post',
    payload,
  } as const
  t.throws(() => defineBlock({ open, fallback: text('Sorry', [button]) }), { code: 'DYN_BLOCK_INVALID' })
})
