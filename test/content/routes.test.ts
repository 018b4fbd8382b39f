import t from 'tap'
import { build, post } from '../helper.ts'

const token = 'a-token-of-the-systems-of-this-test'
const authorization = { authorization: `Bearer ${token}` }
const messages = [{ type: 'text', text: 'Hi' }]

function serve(t: Parameters<typeof build>[0], config = {}) {
  const { app } = build(t, { config: { apiTokens: [token], ...config } })
  return {
    app,
    check: (body: unknown, query = '', headers: Record<string, string> = authorization) =>
      post(app, `/check${query}`, body, headers),
  }
}

t.test('an answer, and content alone, without problems', async t => {
  const { check } = serve(t)
  for (const body of [{ version: 'v2', content: { messages } }, { messages }, { $schema: 'a', messages }]) {
    const { status, headers, json } = await check(body)
    t.equal(status, 200)
    t.equal(headers['content-type'], 'application/json; charset=utf-8')
    t.strictSame(json, { ok: true, problems: [] })
  }
})

t.test('errors are not ok, warnings and repairs are', async t => {
  const { check } = serve(t)
  t.strictSame((await check({ version: 'v2', content: { messages: new Array(11).fill(messages[0]) } })).json, {
    ok: false,
    problems: [
      {
        path: '/content/messages',
        rule: 'max-messages',
        severity: 'error',
        message: 'ManyChat takes at most 10 messages; got 11. Send the rest in a later step.',
        expected: 'at most 10 messages',
        got: '11',
        remedy: 'Send the rest in a later step.',
      },
    ],
  })
  const long = await check({ messages: [{ type: 'text', text: 'a'.repeat(2001) }] })
  t.match(long.json, { ok: true, problems: [{ path: '/messages/0/text', rule: 'text-split', severity: 'repaired' }] })
  const beside = await check({ content: { messages }, actions: [] })
  t.match(beside.json, {
    ok: false,
    problems: [{ rule: 'required' }, { rule: 'beside-content', severity: 'repaired' }],
  })
})

t.test('the channel is the one that is asked for, else what the content says', async t => {
  const { check } = serve(t)
  const image = { messages: [{ type: 'image', url: 'https://example.com/a.png' }] }
  const video = { messages: [{ type: 'video', url: 'https://example.com/a.mp4' }] }
  t.equal((await check(image)).json.ok, true)
  t.equal((await check(image, '?channel=messenger')).json.ok, true)
  t.match((await check(image, '?channel=tiktok')).json, { ok: true, problems: [{ rule: 'undocumented-message' }] })
  t.match((await check(video, '?channel=whatsapp')).json, { ok: false, problems: [{ rule: 'channel-message' }] })
  t.match((await check({ type: 'whatsapp', ...video })).json, { ok: false, problems: [{ rule: 'channel-message' }] })
  for (const query of ['?channel=sms', '?channel=', '?channel=whatsapp&channel=telegram', '?chanel=whatsapp']) {
    const { status, json } = await check(image, query)
    t.match([status, json], [400, { code: 'DYN_CHANNEL_UNKNOWN' }], query)
  }
})

t.test('numbers are exact, and no text; texts stay as they are', async t => {
  const { check } = serve(t)
  const body = (value: string, text: string) =>
    `{"messages":[{"type":"text","text":${text}}],"actions":[{"action":"set_field_value","field_name":"a","value":${value}}]}`
  t.strictSame((await check(body('9007199254740993123', '"{{first_name}}"'))).json, { ok: true, problems: [] })
  t.match((await check(body('1', '9007199254740993123'))).json, {
    problems: [{ rule: 'value', path: '/messages/0/text' }],
  })
  t.match((await check(body('1', '""'))).json, { problems: [{ rule: 'value', message: /got empty text/ }] })
})

t.test('what is no JSON is refused with the place', async t => {
  const { app, check } = serve(t)
  for (const [body, got] of [
    ['{"messages":[}', 'text that breaks off at position 13'],
    ['{"messages":', 'position 12'],
    [' ', 'an empty body'],
    ['['.repeat(1e5), 'position unknown'],
  ] as const) {
    t.match(await check(body), {
      status: 400,
      json: { code: 'DYN_BODY_NOT_JSON', detail: `got ${got}`.replace('got position', 'position') },
    })
  }
  const none = await app.inject({ method: 'POST', url: '/check', headers: authorization })
  t.match([none.statusCode, none.json()], [400, { code: 'DYN_BODY_NOT_JSON', detail: /an empty body/ }])
  t.match(await check(`"${'a'.repeat(300_000)}"`), { status: 413, json: { code: 'DYN_BODY_TOO_LARGE' } })
  t.match((await check('7')).json, { ok: false, problems: [{ path: '', rule: 'value' }] })
})

t.test('the type of the body does not matter', async t => {
  const { check } = serve(t)
  const form = { ...authorization, 'content-type': 'application/x-www-form-urlencoded' }
  t.strictSame((await check({ messages }, '', form)).json, { ok: true, problems: [] })
})

t.test('it wants a token, in development too', async t => {
  const { check } = serve(t)
  for (const headers of [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: 'Bearer a-webhook-secret-of-this-test-run' },
  ]) {
    t.match(await check({ messages }, '', headers as Record<string, string>), {
      status: 401,
      json: { code: 'DYN_UNAUTHORIZED' },
    })
  }
  const closed = serve(t, { apiTokens: [] })
  t.equal((await closed.check({ messages })).status, 401, 'without tokens nobody is let in')
  const development = serve(t, { dev: true })
  t.equal((await development.check({ messages }, '', {})).status, 401)
  t.equal((await development.check({ messages })).status, 200)
})

t.test('callbacks to this machine are fine where the server itself is there', async t => {
  const body = { messages, external_message_callback: { url: 'http://localhost:3000/a', method: 'post' } }
  t.match((await serve(t).check(body)).json, { ok: false, problems: [{ rule: 'https-callback' }] })
  const { check } = serve(t, { dev: true, publicUrl: 'http://localhost:3000' })
  t.strictSame((await check(body)).json, { ok: true, problems: [] })
})
