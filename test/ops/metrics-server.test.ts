import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import { build, freePort, metricsOf } from '../helper.ts'

t.test('on a port of its own /metrics is open, alone there, and gone with the server', async t => {
  const port = await freePort()
  const { app } = build(t, { config: { metricsPort: port } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.equal((await app.inject('/metrics')).statusCode, 401, 'elsewhere it needs a token')
  t.match(await metricsOf(app), '# TYPE dynablock_calls_total counter')
  const response = await fetch(`http://127.0.0.1:${port}/metrics`)
  t.match(await response.text(), '# TYPE dynablock_calls_total counter')
  const other = await fetch(`http://127.0.0.1:${port}/healthz`)
  t.match([other.status, await other.json()], [404, { code: 'DYN_ROUTE_UNKNOWN' }])
  await app.close()
  await t.rejects(fetch(`http://127.0.0.1:${port}/metrics`))
})

t.test('a port that is taken stops the boot, and says which setting', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const { app } = build(t, { config: { metricsPort: port } })
  await t.rejects(app.listen({ host: '127.0.0.1', port: 0 }), {
    code: 'DYN_LISTEN_FAILED',
    cause: { code: 'EADDRINUSE' },
    message: `The server cannot listen on HOST 127.0.0.1 and METRICS_PORT ${port}: EADDRINUSE.`,
  })
})
