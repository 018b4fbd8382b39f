import { gzipSync } from 'node:zlib'
import t from 'tap'
import { defineBlock } from '../../src/index.ts'
import { readBody } from '../../src/webhook/body.ts'
import { ana, build, secret } from '../helper.ts'

t.test('JSON is taken whatever its Content-Type says', async t => {
  const { app } = build(t)
  for (const type of [
    undefined,
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/vnd.api+json',
    'text/plain',
    'text/html; charset=ISO-8859-1',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    'multipart/form-data',
  ]) {
    const { statusCode, body } = await raw(app, ana, type === undefined ? {} : { 'content-type': type })
    t.equal(statusCode, 200, `${type}: ${body}`)
  }
})

t.test('what neither is JSON nor says so is told to set its type', async t => {
  const { app } = build(t)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'text/xml']) {
    const { statusCode, body } = await raw(app, 'id=1&name=Ana', { 'content-type': type })
    t.equal(statusCode, 415, type)
    t.match(JSON.parse(body), { code: 'DYN_MEDIA_TYPE', status: 415, detail: /Content-Type: application\/json/ })
  }
})

t.test('what says that it is JSON, says nothing, or begins like JSON is told where it breaks', async t => {
  const { app } = build(t)
  for (const headers of [
    {},
    { 'content-type': 'application/json' },
    { 'content-type': 'application/hal+json' },
    // What curl says by default, of a body that begins like JSON.
    { 'content-type': 'application/x-www-form-urlencoded' },
  ]) {
    const { statusCode, body } = await raw(app, '{"id": 1, "first_name": Ana}', headers)
    t.equal(statusCode, 400)
    t.match(JSON.parse(body), { code: 'DYN_BODY_NOT_JSON', detail: /position 24/ })
    t.notMatch(body, /Ana/, 'the text itself is not repeated')
  }
})

t.test('a compressed body is refused, whatever it holds', async t => {
  const { app } = build(t)
  const { statusCode, body } = await raw(app, gzipSync(ana), {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
  })
  t.equal(statusCode, 415)
  t.match(JSON.parse(body), { code: 'DYN_MEDIA_TYPE', detail: /without compression/ })
})

t.test('a body that says it is not compressed is taken', async t => {
  const { app } = build(t)
  t.equal((await raw(app, ana, { 'content-encoding': 'identity' })).statusCode, 200)
})

t.test('the limit is a number of bytes', async t => {
  const { app } = build(t, { config: { maxBodyBytes: 1024 } })
  const ofSize = (bytes: number) => ana.replace('Ana', `${'é'.repeat(3)}${'x'.repeat(bytes - ana.length - 3)}`)
  const fits = ofSize(1024)
  t.equal(Buffer.byteLength(fits), 1024)
  t.equal((await raw(app, fits)).statusCode, 200)
  const { statusCode, body } = await raw(app, ofSize(1025))
  t.equal(statusCode, 413)
  t.match(JSON.parse(body), { code: 'DYN_BODY_TOO_LARGE', detail: /MAX_BODY_BYTES/ })
})

t.test('the limit holds for the callbacks too, which bring no secret', async t => {
  const { app } = build(t, { config: { maxBodyBytes: 1024 } })
  const response = await app.inject({ method: 'POST', url: '/blocks/hello/step', payload: 'x'.repeat(2000) })
  t.equal(response.statusCode, 413)
})

t.test('broken JSON is told by the place where it breaks', async t => {
  for (const [text, at] of [
    ['{', '1'],
    ['{"id":1,}', '8'],
    ['[1,2', '4'],
    ['{"id":9007199254740993123,"a":tru}', '30'],
    ['{"a":"x"', '8'],
    ['\u{feff}{"id":1 2}', '8'],
  ] as const) {
    t.throws(() => readBody(text), { code: 'DYN_BODY_NOT_JSON', message: `at position ${at}.` }, text)
  }
  for (const text of ['', '  \n', '\u{feff}']) t.equal(readBody(text), null, 'an empty body holds nothing')
  t.throws(() => readBody('['.repeat(100_000)), { code: 'DYN_BODY_NOT_JSON' }, 'and never exhausts the stack')
})

t.test('nesting has an end', async t => {
  const nested = (depth: number) => `${'{"a":['.repeat(depth / 2)}1${']}'.repeat(depth / 2)}`
  t.ok(readBody(nested(32)))
  t.throws(() => readBody(nested(34)), { code: 'DYN_BODY_REFUSED', message: /deeper than 32/ })
  t.throws(() => readBody(nested(100_000)), { code: 'DYN_BODY_REFUSED' })
  const { app } = build(t)
  t.equal((await raw(app, `{"id":1,"x":${nested(40)}}`)).statusCode, 400)
})

t.test('keys that reach a prototype are refused, also beside long numbers that are read the slow way', async t => {
  const { app } = build(t)
  for (const member of [
    '"__proto__":{"admin":true}',
    '"__proto__":1',
    '"\\u005f_proto__":{"admin":true}',
    '"constructor":{"prototype":{"admin":true}}',
    '"custom_fields":{"deep":[{"__proto__":null}]}',
  ]) {
    for (const text of [
      `{"id":1,${member}}`,
      `{"id":9007199254740993123,${member}}`,
      `{"id":9007199254740993123,"user_refs":[-1543835812530302162],${member}}`,
    ]) {
      const { statusCode, body } = await raw(app, text)
      t.equal(statusCode, 400, text)
      t.match(JSON.parse(body), { code: 'DYN_BODY_REFUSED' })
    }
  }
  t.equal(({} as { admin?: boolean }).admin, undefined)
  t.same(readBody('{"constructor":"Bauhaus","prototype":{"a":1}}'), { constructor: 'Bauhaus', prototype: { a: 1 } })
})

t.test('a key that occurs twice is refused wherever it stands, since the last one would win', async t => {
  const { open } = build(t, { blocks: { who: defineBlock({ open: ({ contact }) => contact.id }) } })
  // What a contact wrote, put beside the contact without being escaped.
  const words = 'x","contact":{"id":666,"key":"user:666"},"y":"'
  for (const body of [
    `{"contact":{"id":42},"note":"${words}"}`,
    `{"contact":{"id":42},"note":"${words.replaceAll('":', '" \n:')}"}`,
    `{"contact":{"id":9007199254740993123},"note":"${words}"}`,
    '{"id":42,"first_name":"x","id":666}',
    '{"contact":{"id":42,"custom_fields":{"note":"x"},"id":666}}',
    '{"data":[{"who":{"contact":1,"contact":2}}],"id":42}',
  ]) {
    const { status, json } = await open('who', body)
    t.match(
      [status, json],
      [400, { code: 'DYN_BODY_REFUSED', got: /^the key "(contact|id)" twice in one object$/ }],
      body,
    )
  }
  const escaped = JSON.stringify({ contact: { id: 42 }, note: words, history: [{ id: 1 }, { id: 2 }] })
  t.equal((await open('who', escaped)).shown, '42')
})

t.test('empty and unrendered are null everywhere, other text stays', async t => {
  const text = `{"a":"","b":"{{user_id}}","c":["{{cuf_123}}",{"d":""}],"e":"{{ first name | fallback:'x' }}",
    "f":" ","g":"Hi {{first_name}}","n":"{ {x} } }}","h":"{{a}}{{b}}","i":"{x}","j":0,"k":false,"l":null,"m":"{{}}"}`
  t.same(readBody(text), {
    a: null,
    b: null,
    c: [null, { d: null }],
    e: null,
    f: ' ',
    g: null,
    h: null,
    i: '{x}',
    j: 0,
    k: false,
    l: null,
    m: null,
    n: '{ {x} } }}',
  })
  t.equal(readBody('"{{user_id}}"'), null)
})

t.test('a byte order mark is no part of the body', async t => {
  const { app } = build(t)
  t.equal((await raw(app, `\u{feff}${ana}`)).statusCode, 200)
})

t.test('no body at all is a body without a contact', async t => {
  const { app } = build(t)
  for (const payload of [undefined, '']) {
    const { statusCode, body } = await app.inject({
      method: 'POST',
      url: '/blocks/hello',
      headers: { authorization: `Bearer ${secret}` },
      ...(payload !== undefined && { payload }),
    })
    t.equal(statusCode, 400)
    t.match(JSON.parse(body).detail, /an empty body/)
  }
})

function raw(app: ReturnType<typeof build>['app'], payload: string | Buffer, headers: Record<string, string> = {}) {
  return app.inject({
    method: 'POST',
    url: '/blocks/hello',
    headers: { authorization: `Bearer ${secret}`, ...headers },
    payload,
  })
}
