import t from 'tap'
import { withoutSecrets } from '../../../src/dev/conversation/wire.ts'

t.test('what is kept of a request has no secrets', async t => {
  const headers = { Authorization: 'Bearer abc', 'x-token-header': 'abc', 'content-type': 'application/json' }
  t.same(withoutSecrets({ method: 'POST', url: 'https://a.test', headers, body: '{}' }).headers, {
    Authorization: 'Bearer …',
    'x-token-header': '…',
    'content-type': 'application/json',
  })
})
