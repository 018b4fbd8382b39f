import Fastify from 'fastify'
import t from 'tap'
import { page } from '../../src/dev/simulator/page.ts'
import { ana, build, post, secret } from '../helper.ts'

t.test('B1: pages load and send nothing elsewhere, and stand in no frame', async t => {
  const { app } = build(t, { config: { docs: true } })
  const simulator = Fastify()
  await simulator.register(page)
  for (const { headers } of [await app.inject('/docs/'), await simulator.inject('/simulator')]) {
    const policy = String(headers['content-security-policy'])
    t.match(policy, /default-src '(none|self)'/)
    t.match(policy, /frame-ancestors 'none'/)
    t.match(policy, /connect-src 'self'(;|$)/)
    t.notMatch(policy, /https?:|\*|unsafe-eval/)
    t.equal(headers['x-content-type-options'], 'nosniff')
    t.notOk('strict-transport-security' in headers, 'which the proxy says, if anybody')
  }
  const answer = await post(app, '/blocks/hello', ana, { authorization: `Bearer ${secret}` })
  for (const { headers } of [answer, await app.inject('/healthz'), await app.inject('/openapi.json')]) {
    t.notOk('content-security-policy' in headers)
  }
})
