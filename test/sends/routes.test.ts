import t from 'tap'
import { stringifyExact } from '../../src/json/exact-json.ts'
import { contentOf, page, subscriber } from './desk.ts'
import { flowSend, serveSends, token } from './desk-server.ts'

t.test('a send is taken, and shown, with every digit of its ids', async t => {
  const { post, ask } = await serveSends(t)
  const taken = await post(
    `{"operation":"sending.sendFlow","page":${page},"params":{"subscriber_id":${subscriber},"flow_ns":"content1"},
      "not_before":"2026-02-01T00:00:00Z","on_unknown":"hold"}`,
  )
  t.equal(taken.status, 202)
  t.match(taken.headers, { location: '/sends/1', 'content-type': 'application/json; charset=utf-8' })
  const shown = {
    id: '1',
    state: 'waiting',
    operation: 'sending.sendFlow',
    late_reply: false,
    not_before: '2026-02-01T00:00:00.000Z',
    on_unknown: 'hold',
    attempts: 0,
    last_error: null,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
  }
  t.match(taken.json, shown)
  t.match(taken.text, `"page":${page},"addressee":${subscriber},`)
  t.notOk('params' in taken.json)
  const { json, text } = await ask('GET', '/sends/1')
  t.match(json, shown)
  t.match(text, `"params":{"subscriber_id":${subscriber},"flow_ns":"content1"}`)
})

t.test('texts stay as they are', async t => {
  const { post, memory } = await serveSends(t)
  const params = { subscriber_id: subscriber, field_name: 'note', field_value: '' }
  t.equal((await post({ operation: 'subscriber.setCustomFieldByName', page, params })).status, 202)
  t.equal((await post({ operation: 'sending.sendContent', page, params: contentOf('{{first_name}}') })).status, 202)
  t.strictSame(
    (await memory.rows()).map(row => row.params),
    [params, contentOf('{{first_name}}')],
  )
})

t.test('what was repaired, or may not be shown, is told to whoever adds it', async t => {
  const { post, postLines, ask } = await serveSends(t)
  const content = { messages: [{ type: 'text', text: 'canary '.repeat(400), buttons: [] }], colour: 'red' }
  const params = { subscriber_id: subscriber, data: { version: 'v2', content } }
  const send = { operation: 'sending.sendContent', page, params }
  const problems = [
    { rule: 'unknown-key', severity: 'repaired', path: '/colour' },
    { rule: 'text-split', severity: 'repaired', path: '/messages/0/text' },
  ]
  const { status, json } = await post(send)
  t.equal(status, 202)
  t.match(json.problems, problems)
  t.notMatch(JSON.stringify(json.problems), /canary/)
  const { answers } = await postLines(`${JSON.stringify(flowSend)}\n${JSON.stringify(send)}`)
  t.notOk('problems' in (answers[0] as object))
  t.match(answers[1], { status: 202, problems })
  t.notOk('problems' in (await ask('GET', '/sends/1')).json)
})

t.test('nobody gets in without a token', async t => {
  const { app, memory } = await serveSends(t)
  for (const [method, url] of [
    ['POST', '/sends'],
    ['GET', '/sends'],
    ['GET', '/sends/1'],
    ['POST', '/sends/1/retry'],
    ['DELETE', '/sends/1'],
  ] as const) {
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      const { statusCode, json } = await app.inject({ method, url, headers })
      t.match([statusCode, json()], [401, { code: 'DYN_UNAUTHORIZED' }], `${method} ${url}`)
    }
  }
  const second = { authorization: `Bearer ${token}-2` }
  t.equal((await app.inject({ url: '/sends', headers: second })).statusCode, 200, 'several may be listed')
  t.strictSame(memory.calls, ['list'])
})

t.test('the same key and body is the same send; another body is a conflict', async t => {
  const { post, memory } = await serveSends(t)
  const headers = { 'idempotency-key': 'order-7' }
  t.equal((await post(flowSend, headers)).status, 202)
  t.match(await post(flowSend, headers), { status: 200, json: { id: '1' } })
  const other = { ...flowSend, params: { ...flowSend.params, flow_ns: 'content2' } }
  t.match(await post(other, headers), { status: 409, json: { code: 'DYN_IDEMPOTENCY_CONFLICT' } })
  t.equal((await memory.rows()).length, 1)
  for (const key of ['', 'x'.repeat(201), 'schlüssel']) {
    t.match(await post(flowSend, { 'idempotency-key': key }), { status: 400, json: { code: 'DYN_IDEMPOTENCY_KEY' } })
  }
})

t.test('what is wrong is refused as a problem, and nothing is stored', async t => {
  const { post, ask, memory } = await serveSends(t)
  const deep = `{"params":${'['.repeat(40)}${']'.repeat(40)}}`
  for (const [body, status, code] of [
    ['{"operation"', 400, 'DYN_BODY_NOT_JSON'],
    ['[]', 400, 'DYN_SEND_INVALID'],
    ['', 400, 'DYN_SEND_INVALID'],
    [{ ...flowSend, operation: 'page.removeTag' }, 400, 'DYN_SEND_OPERATION'],
    [{ ...flowSend, params: {} }, 400, 'DYN_CALL_PARAMS'],
    [{ ...flowSend, page: '333' }, 400, 'DYN_PAGE_KEY_MISSING'],
    ['{"__proto__":{}}', 400, 'DYN_BODY_REFUSED'],
    [deep, 400, 'DYN_BODY_REFUSED'],
    [' '.repeat(5000), 413, 'DYN_BODY_TOO_LARGE'],
  ] as const) {
    const answer = await post(body)
    t.match(answer, { status, json: { code, status, title: /./, detail: /\S\.$/ } }, code)
    t.match(answer.headers['content-type'], 'application/problem+json')
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  t.match(await ask('POST', '/sends', { payload: 'a=b', headers: form }), {
    status: 415,
    json: { code: 'DYN_MEDIA_TYPE' },
  })
  t.strictSame(memory.calls, [])
})

t.test('a list has no text, and is read on from where it ended', async t => {
  const { post, ask, memory } = await serveSends(t)
  for (const text of ['One', 'Two', 'Three']) {
    await post({ operation: 'sending.sendContent', page, params: contentOf(text) })
  }
  await memory.change('1', { state: 'dead', error_code: 'DYN_CALL_REFUSED', error_message: 'no' })
  const first = await ask('GET', '/sends?limit=2')
  t.match(first.json, { sends: [{ id: '3' }, { id: '2' }], next: '2' })
  t.notMatch(first.text, /Three|Two|params/)
  t.match((await ask('GET', '/sends?limit=2&before=2')).json, { sends: [{ id: '1' }], next: null })
  t.match((await ask('GET', '/sends?state=dead')).json, { sends: [{ last_error: { message: 'no' } }], next: null })
  t.equal((await ask('GET', `/sends?page=${page}&addressee=${subscriber}`)).json.sends.length, 3)
  t.equal((await ask('GET', '/sends?page=222')).json.sends.length, 0)
  for (const query of [
    'state=lost',
    'limit=0',
    'limit=501',
    'limit=x',
    'limit=1.5',
    'limit=1&limit=2',
    'before=x',
    'text=One',
    'page=',
    'page=1&page=2',
  ]) {
    t.match(await ask('GET', `/sends?${query}`), { status: 400, json: { code: 'DYN_SEND_INVALID' } }, query)
  }
})

t.test('a dead one is retried, a waiting one cancelled, and nothing else', async t => {
  const { post, ask, memory } = await serveSends(t)
  await post(flowSend)
  const empty = { headers: { 'content-type': 'application/json' } }
  t.match(await ask('POST', '/sends/1/retry', empty), { status: 409, json: { code: 'DYN_SEND_STATE' } })
  await memory.change('1', { state: 'dead' })
  t.match(await ask('DELETE', '/sends/1'), { status: 409, json: { code: 'DYN_SEND_STATE' } })
  t.match(await ask('POST', '/sends/1/retry'), { status: 200, json: { id: '1', state: 'waiting' } })
  t.match(await ask('DELETE', '/sends/1'), { status: 200, json: { id: '1', state: 'cancelled' } })
  await memory.add([{ ...flowSend, addressee: null }])
  await memory.claim({ kind: 'delivery', worker: 'test', limit: 1 })
  t.match(await ask('DELETE', '/sends/2'), { status: 200, json: { id: '2', state: 'cancelled' } }, 'while it runs too')
  for (const id of ['3', 'x', '%27', '9'.repeat(30)]) {
    t.match(await ask('GET', `/sends/${id}`), { status: 404, json: { code: 'DYN_SEND_UNKNOWN' } }, id)
    t.equal((await ask('POST', `/sends/${id}/retry`)).status, 404)
    t.equal((await ask('DELETE', `/sends/${id}`)).status, 404)
  }
})

t.test('late replies and fallbacks are shown as what they are', async t => {
  const { ask, queue, memory } = await serveSends(t)
  const call = '{"input":"what a contact wrote"}'
  await queue.addRun({ block: 'size', page: null, addressee: 'ana@b.test', call, idempotencyKey: 'k' }, 'test')
  const { json, text } = await ask('GET', '/sends/1')
  t.match(json, { kind: 'run', state: 'running', late_reply: true, params: null, page: null, addressee: 'ana@b.test' })
  t.notMatch(text, 'what a contact wrote')
  const params = stringifyExact({ ...contentOf('One'), '~fallback': { sent: 1 } })
  await memory.change('1', { kind: 'delivery', params })
  const later = await ask('GET', '/sends/1')
  t.match(later.json, { fallback: { sent: 1 }, params: { data: {} } })
  t.notMatch(later.text, '~fallback')
})

t.test('without its store everything is 503', async t => {
  const { post, ask, memory } = await serveSends(t)
  memory.fault.isAway = true
  const down = { status: 503, json: { code: 'DYN_STORE_FAILED' } }
  t.match(await post(flowSend), down)
  t.match(await ask('GET', '/sends'), down)
  t.match(await ask('GET', '/sends/1'), down)
  t.match(await ask('POST', '/sends/1/retry'), down)
  t.match(await ask('DELETE', '/sends/1'), down)
})

t.test('integers stay integers, whatever their length, from the request to the call', async t => {
  const { ask, memory } = await serveSends(t)
  const params = '{"subscriber_id":9007199254740993123,"field_id":7,"field_value":1700000000000000}'
  const payload = `{"operation":"subscriber.setCustomField","page":${page},"params":${params}}`
  const headers = { 'content-type': 'application/json' }
  t.equal((await ask('POST', '/sends', { payload, headers })).status, 202)
  t.match((await ask('GET', '/sends/1')).text, `"params":${params}`)
  t.strictSame((await memory.rows())[0]?.params, {
    subscriber_id: 9007199254740993123n,
    field_id: 7,
    field_value: 1700000000000000,
  })
})
