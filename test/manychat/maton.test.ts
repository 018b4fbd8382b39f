import t from 'tap'
import { createMatonConnections } from '../../src/manychat/maton.ts'
import { MatonError } from '../../src/outbound/outbound-error.ts'
import { startFakePlatform } from '../fake-platform.ts'

const key = 'maton-key-maton-key'
const connection = {
  connection_id: '21fd90f9-5935-43cd-b6c8-bde9d915ca80',
  status: 'ACTIVE',
  url: 'https://connect.example.com/?session_token=example',
  app: 'manychat',
  metadata: {},
}
const id = connection.connection_id

t.test('connections are listed, made, read and deleted', async t => {
  const { url, heard, answerWith } = await startFakePlatform(t)
  const maton = createMatonConnections({ key, baseUrl: url })
  answerWith(
    { body: JSON.stringify({ connections: [connection] }) },
    { body: JSON.stringify([connection]) },
    { body: '{}' },
    { body: JSON.stringify({ connection }) },
    { body: JSON.stringify(connection) },
    { body: '' },
    { body: '{}' },
  )
  t.strictSame(await maton.list(), [connection])
  t.strictSame(await maton.list({ status: 'PENDING' }), [connection])
  t.strictSame(await maton.list(), [])
  t.strictSame(await maton.create(), connection)
  t.strictSame(await maton.get(id), connection)
  t.equal(await maton.delete(id), undefined)
  t.equal(await maton.delete('a/b'), undefined)
  t.strictSame(
    heard.map(({ method, path, body }) => `${method} ${path} ${body}`.trim()),
    [
      'GET /connections?app=manychat&status=ACTIVE',
      'GET /connections?app=manychat&status=PENDING',
      'GET /connections?app=manychat&status=ACTIVE',
      'POST /connections {"app":"manychat"}',
      `GET /connections/${id}`,
      `DELETE /connections/${id}`,
      'DELETE /connections/a%2Fb',
    ],
  )
  t.ok(heard.every(({ headers }) => headers.authorization === `Bearer ${key}`))
})

t.test('a connection that was made without telling its url is asked for it', async t => {
  const { url, heard, answerWith } = await startFakePlatform(t)
  const maton = createMatonConnections({ key, baseUrl: url })
  answerWith({ body: JSON.stringify({ connection_id: id }) }, { body: JSON.stringify({ connection }) })
  t.strictSame(await maton.create(), connection)
  t.strictSame(
    heard.map(({ method, path }) => `${method} ${path}`),
    ['POST /connections', `GET /connections/${id}`],
  )
})

const failures: [status: number, body: string, expected: object][] = [
  [401, '{"message":"Invalid API key"}', { code: 'DYN_MATON_KEY', message: /"Invalid API key"/ }],
  [404, '{"error":"No such connection"}', { code: 'DYN_CALL_REFUSED', message: /"No such connection"\. Look/ }],
  [400, '', { code: 'DYN_CALL_REFUSED', message: /"no reason"/ }],
  [429, '{}', { code: 'DYN_CALL_LIMITED', carriedOut: 'no' }],
  [500, '{}', { code: 'DYN_CALL_FAILED', carriedOut: 'unknown' }],
  [302, '', { code: 'DYN_CALL_ANSWER', carriedOut: 'no' }],
  [200, 'null', { code: 'DYN_CALL_ANSWER', carriedOut: 'unknown' }],
  [200, '{"connection":{}}', { code: 'DYN_CALL_ANSWER', carriedOut: 'unknown', message: /JSON of another shape/ }],
  [200, '<html>', { code: 'DYN_CALL_ANSWER', message: /an HTML page/ }],
]

for (const [status, body, expected] of failures) {
  t.test(`${status} ${body}`, async t => {
    const { url, answerWith } = await startFakePlatform(t)
    answerWith({ status, body })
    const error = await createMatonConnections({ key, baseUrl: url })
      .create()
      .catch(thrown => thrown)
    t.ok(error instanceof MatonError)
    t.match(error, { service: 'maton', operation: 'connections.create', page: null, ...expected })
  })
}
