import t from 'tap'
import { ana, build, post, secret } from '../helper.ts'

t.test('O1: a body that is too large, too deep, or reaches a prototype is refused', async t => {
  const { open } = build(t, { config: { maxBodyBytes: 2048 } })
  t.equal((await open('hello', `{"id":1,"text":"${'x'.repeat(3000)}"}`)).status, 413)
  t.equal((await open('hello', `{"id":1,"a":${'['.repeat(40)}${']'.repeat(40)}}`)).status, 400)
  t.equal((await open('hello', '{"id":1,"__proto__":{"admin":true}}')).status, 400)
  t.equal((await open('hello', '{"id":1,"constructor":{"prototype":{"admin":true}}}')).status, 400)
  t.notOk('admin' in {})
})

t.test('O2: a flood of strangers writes a few lines', async t => {
  const { app, log } = build(t, { config: { logLevel: 'info' } })
  for (let i = 0; i < 500; i++) await post(app, '/blocks/hello', ana, { authorization: `Bearer wrong-${i}` })
  t.ok(log.length <= 3, `${log.length} lines`)
  t.equal((await post(app, '/blocks/hello', ana, { authorization: `Bearer ${secret}` })).status, 200)
})

t.test('O3: who fails too often is turned away, who has the secret is not', async t => {
  const { app } = build(t)
  const call = async (shown: string) =>
    (await post(app, '/blocks/hello', ana, { authorization: `Bearer ${shown}` })).status
  for (let i = 0; i < 100; i++) await call(`guess-${i}`)
  t.equal(await call('one-more-guess'), 429)
  t.equal(await call(secret), 200)
})

t.test('O4: what is slow or silent is closed, and there is a most of it', async t => {
  const { app } = build(t)
  await app.ready()
  const { headersTimeout, requestTimeout, timeout, maxConnections } = app.server
  t.same([headersTimeout, requestTimeout, timeout, maxConnections], [5000, 10_000, 30_000, 10_000])
})
