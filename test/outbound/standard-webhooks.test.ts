import t from 'tap'
import { signatureHeaders } from '../../src/outbound/standard-webhooks.ts'

const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', sentAtSeconds: 1614265330, body: '{"test": 2432232314}' }
const key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

t.test('signs as the libraries of Standard Webhooks verify', async t => {
  // Source: the example in their documentation and tests.
  t.same(signatureHeaders(message, [key]), {
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

t.test('signs with each key, and nothing that is signed can be changed', async t => {
  const other = `whsec_${Buffer.alloc(24, 'x').toString('base64')}`
  const { 'webhook-signature': both } = signatureHeaders(message, [key, other])
  const [first, second] = both.split(' ')
  t.equal(signatureHeaders(message, [key])['webhook-signature'], first)
  t.equal(signatureHeaders(message, [other])['webhook-signature'], second)
  for (const changed of [{ id: 'msg_1' }, { sentAtSeconds: 1614265331 }, { body: '{}' }]) {
    t.not(signatureHeaders({ ...message, ...changed }, [key])['webhook-signature'], first)
  }
})
