import t from 'tap'
import { sendOperations } from '../../src/delivery/operations.ts'
import { operations } from '../../src/manychat/operations.ts'

const options = { allowLoopback: false }
const id = '9007199254740993123'

t.test('a send may name all that sends or changes something for a contact', async t => {
  t.strictSame([...sendOperations.keys()].sort(), [
    'chatfuel.send',
    'chatfuel.sendBlock',
    'sending.sendContent',
    'sending.sendContentByUserRef',
    'sending.sendFlow',
    'subscriber.addTag',
    'subscriber.addTagByName',
    'subscriber.createSubscriber',
    'subscriber.removeTag',
    'subscriber.removeTagByName',
    'subscriber.setCustomField',
    'subscriber.setCustomFieldByName',
    'subscriber.setCustomFields',
    'subscriber.updateSubscriber',
  ])
})

t.test('rates are those of the table', async t => {
  t.equal(sendOperations.get('sending.sendContent')?.rps, operations.sending.sendContent.rps)
  t.equal(sendOperations.get('sending.sendFlow')?.rps, 20)
  t.equal(sendOperations.get('chatfuel.send')?.rps, 25)
})

t.test('the addressee is who gets it', async t => {
  for (const [name, params, addressee] of [
    ['sending.sendFlow', { subscriber_id: id }, id],
    ['subscriber.addTag', { subscriber_id: 7 }, '7'],
    ['sending.sendContentByUserRef', { user_ref: `-${id}` }, `user_ref:-${id}`],
    ['subscriber.createSubscriber', { phone: '+1' }, null],
    ['chatfuel.sendBlock', { user_id: id }, id],
    ['chatfuel.send', { customer_fbid: id, customer_email: 'ana@b.test' }, 'ana@b.test'],
    ['chatfuel.send', { customer_id: 5, customer_fbid: id }, '5'],
  ] as const) {
    t.equal(sendOperations.get(name)?.addresseeOf(params), addressee, name)
  }
})

t.test('parameters are checked as the client checks them', async t => {
  for (const [name, params, expected] of [
    ['sending.sendFlow', { subscriber_id: id, flow_ns: 'content1' }, undefined],
    ['sending.sendFlow', { subscriber_id: id }, /^text .* at \/flow_ns$/],
    ['sending.sendFlow', { subscriber_id: id, flow_ns: 'content1', tag: 1 }, /one of subscriber_id, flow_ns/],
    ['subscriber.createSubscriber', { first_name: 'Ana' }, /phone, email or whatsapp_phone/],
    ['sending.sendContent', { subscriber_id: id, data: data('hello') }, undefined],
    ['sending.sendContent', { subscriber_id: id, data: data('') }, /content that the channel takes/],
    ['chatfuel.sendBlock', { user_id: id }, /block_name, block_id, flow_name or attributes/],
    ['chatfuel.sendBlock', { user_id: id, block_name: 'Welcome' }, undefined],
    ['chatfuel.send', { messages: [{ text: 'hi' }] }, /at least one of customer_id/],
    ['chatfuel.send', { customer_id: '1', messages: [{ text: 'hi' }] }, undefined],
  ] as const) {
    const problem = sendOperations.get(name)?.findProblem(params, options)
    if (expected === undefined) t.equal(problem, undefined, name)
    else t.match(problem, { expected }, name)
  }
})

t.test('outside a flow there are no nodes, and each channel has its limits', async t => {
  const node = { type: 'node', caption: 'Go', target: 'There' }
  const content = { messages: [{ type: 'text', text: 'hello', buttons: [node] }] }
  t.match(problemOf(content)?.got, /node-outside-flow/)
  t.match(problemOf({ type: 'whatsapp', messages: [{ type: 'video', url: 'https://b.test/a.mp4' }] })?.got, /WhatsApp/)
})

function problemOf(content: object) {
  const params = { subscriber_id: id, data: { version: 'v2', content } }
  return sendOperations.get('sending.sendContent')?.findProblem(params, options)
}

function data(text: string) {
  return { version: 'v2', content: { messages: [{ type: 'text', text }] } }
}
