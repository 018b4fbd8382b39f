import t from 'tap'
import { checkContent } from '../../src/content/check.ts'
import { text } from '../../src/content/message.ts'
import { flowReply, nodeReply } from '../../src/content/quick-reply.ts'

t.test('each maker returns its wire shape', async t => {
  t.strictSame(flowReply('Go', 'content1_2'), { type: 'flow', caption: 'Go', target: 'content1_2' })
  t.strictSame(nodeReply('Show', 'My Content'), { type: 'node', caption: 'Show', target: 'My Content' })
})

t.test('what they make is content', async t => {
  const content = { messages: [text('Which?')], quick_replies: [flowReply('Go', 'content1_2'), nodeReply('Show', 'b')] }
  t.strictSame(checkContent(content, { channel: 'messenger', onWarning: t.fail }), content)
})
