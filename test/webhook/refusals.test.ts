import t from 'tap'
import { build, post, secret } from '../helper.ts'

t.test('a call that was refused is logged, as ManyChat shows it nowhere', async t => {
  const { app, open, lines, log } = build(t)
  await post(app, '/blocks/hello?canary', { id: 1 })
  await open('hello', { order: 'canary' })
  t.match(lines('warn'), [
    { code: 'DYN_UNAUTHORIZED', status: 401, method: 'POST', path: '/blocks/hello', more: 0 },
    { code: 'DYN_CONTACT_MISSING', status: 400, problem: /an object with "order"/ },
  ])
  t.notMatch(log.join(''), /canary/)
})

t.test('a flood of refusals is one line for each code in five seconds, with their count', async t => {
  const { app, lines, clock } = build(t)
  for (let i = 0; i < 10; i++) await post(app, '/blocks/hello', {})
  t.equal(lines('warn').length, 1)
  clock.ms += 5000
  await post(app, '/blocks/hello', {})
  t.match(lines('warn'), [{ more: 0 }, { more: 9 }])
})

t.test('a channel that is none is logged, without what it was, and found by the contact', async t => {
  const { open, lines, log } = build(t)
  const { content } = await open('hello', { id: 1, channel: 'watsapp-canary', whatsapp_phone: '+1' })
  t.equal(content.type, 'whatsapp')
  t.match(lines('warn'), [
    { block: 'hello', remarks: [/^"channel" is none of messenger, instagram, whatsapp, telegram/] },
  ])
  t.notMatch(log.join(''), /canary/)
  await open('hello', { id: 1, channel: null })
  await open('hello', { id: 1, channel: 'WhatsApp' })
  t.equal(lines('warn').length, 1)
})

t.test('a block that is opened in a browser says how it is called', async t => {
  const { app } = build(t)
  for (const [method, url] of [
    ['GET', '/blocks/hello'],
    ['PUT', '/blocks/hello/step'],
    ['GET', '/apps/installed'],
  ] as const) {
    const { statusCode, headers, body } = await app.inject({ method, url })
    t.match([statusCode, headers.allow, JSON.parse(body)], [405, 'POST', { code: 'DYN_METHOD_UNKNOWN' }])
  }
  t.equal((await app.inject({ method: 'GET', url: '/other' })).statusCode, 404)
  const authorization = `Bearer ${secret}`
  t.equal((await app.inject({ method: 'POST', url: '/blocks', headers: { authorization } })).statusCode, 404)
})
