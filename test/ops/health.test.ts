import Fastify from 'fastify'
import t from 'tap'
import { health } from '../../src/ops/health.ts'
import { build } from '../helper.ts'

t.test('alive always, ready when there are blocks and the store is open', async t => {
  for (const [blocks, store, draining, status, body] of [
    [true, true, false, 200, { status: 'ready', blocks: 'loaded', store: 'open' }],
    [true, false, false, 503, { status: 'not ready', blocks: 'loaded', store: 'not open', code: 'DYN_STORE_FAILED' }],
    [false, true, false, 503, { status: 'not ready', blocks: 'none', store: 'open' }],
    [true, true, true, 503, { status: 'draining', blocks: 'loaded', store: 'open' }],
  ] as const) {
    const app = Fastify()
    t.teardown(() => app.close())
    await app.register(health, {
      blocks: () => blocks,
      findStoreProblem: async () => (store ? null : 'DYN_STORE_FAILED'),
      draining: () => draining,
    })
    const alive = await app.inject('/healthz')
    t.same([alive.statusCode, alive.json()], [200, { status: 'ok' }])
    const ready = await app.inject('/readyz')
    t.same([ready.statusCode, ready.json()], [status, body])
  }
})

t.test('both are open, whatever header comes', async t => {
  const { app } = build(t)
  const headers = { authorization: 'Bearer wrong' }
  t.equal((await app.inject({ url: '/healthz', headers })).statusCode, 200)
  t.equal((await app.inject({ url: '/readyz', headers })).statusCode, 503, 'the store opens once the server listens')
})
