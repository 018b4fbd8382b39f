import t from 'tap'
import { build } from '../helper.ts'

t.test('alive, and ready when there are blocks', async t => {
  for (const [blocks, status, body] of [
    [undefined, 200, { status: 'ready', blocks: 'loaded' }],
    [{}, 503, { status: 'not ready', blocks: 'none' }],
  ] as const) {
    const { app } = build(t, blocks === undefined ? {} : { blocks })
    const alive = await app.inject('/healthz')
    t.same([alive.statusCode, alive.json()], [200, { status: 'ok' }])
    const ready = await app.inject('/readyz')
    t.same([ready.statusCode, ready.json()], [status, body])
  }
})

t.test('both are open, whatever header comes', async t => {
  const { app } = build(t)
  for (const url of ['/healthz', '/readyz']) {
    t.equal((await app.inject({ url, headers: { authorization: 'Bearer wrong' } })).statusCode, 200)
  }
})
