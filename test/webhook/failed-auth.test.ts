import { Agent, request } from 'node:http'
import t, { type Test } from 'tap'
import { failuresAMinute } from '../../src/webhook/failed-auth.ts'
import { ana, build, metricsOf, post, secret } from '../helper.ts'

const right = { authorization: `Bearer ${secret}` }
const wrong = { authorization: 'Bearer wrong' }

const token = 'an-api-token-of-32-characters-00'

t.test('who fails too often is told so, and is let in with the right secret all the same', async t => {
  const { app, lines } = build(t, { config: { apiTokens: [token] } })
  for (let i = 0; i < failuresAMinute; i++) {
    const { status } = await post(app, '/blocks/hello', ana, wrong)
    if (status !== 401) t.equal(status, 401, `failure ${i}`)
  }
  const { status, json, headers } = await post(app, '/blocks/hello', ana, wrong)
  t.match([status, json.code], [429, 'DYN_UNAUTHORIZED_OFTEN'])
  t.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
  t.match(headers['retry-after'], /^(?:[1-9]|[1-5]\d|60)$/)
  t.notOk('www-authenticate' in headers)
  t.equal((await post(app, '/blocks/hello/step', { state: 'forged' })).status, 429, 'callbacks count as well')
  t.equal((await post(app, '/sends', {}, wrong)).status, 429, 'and so do sends')

  for (let i = 0; i < 20; i++) t.equal((await post(app, '/blocks/hello', ana, right)).status, 200)
  t.equal(lines('warn').length, 2, 'a line for each code')
  const body = await metricsOf(app, token)
  t.match(body, `dynablock_refusals_total{code="DYN_UNAUTHORIZED"} ${failuresAMinute}\n`)
  t.match(body, 'dynablock_refusals_total{code="DYN_UNAUTHORIZED_OFTEN"} 3\n')
  t.match(body, `dynablock_auth_failures_total{route="/blocks/:block"} ${failuresAMinute + 1}\n`)
})

t.test('another address has failures of its own, behind a trusted proxy by its word', async t => {
  const { app } = build(t, { config: { trustProxy: true } })
  const from = (address: string) => post(app, '/blocks/hello', ana, { ...wrong, 'x-forwarded-for': address })
  for (let i = 0; i < failuresAMinute; i++) await from('203.0.113.7')
  t.equal((await from('203.0.113.7')).status, 429)
  t.equal((await from('203.0.113.8')).status, 401)
})

t.test('whatever a stranger posts to a step counts, also what could not be read', async t => {
  const { app } = build(t)
  const path = '/blocks/hello/next'
  const bodies = ['{"broken"', '[]', 'x'.repeat(131_073), '{"state":"a.b.c"}']
  const headers = [{}, { 'content-type': 'no/type at all; =' }]
  for (let i = 0; i < failuresAMinute; i++) {
    const { status } = await post(app, path, bodies[i % 4], headers[i % 3])
    if (![401, 413, 415].includes(status)) t.fail(`${status}`)
  }
  for (const body of bodies) t.equal((await post(app, path, body)).status, 429)
  t.equal((await post(app, '/blocks/hello', ana, wrong)).status, 429)
  t.equal(
    (await post(app, '/blocks/hello', '{"broken"', right)).status,
    400,
    'what has the secret is told what is wrong',
  )
  t.equal((await post(app, '/blocks/hello', ana, right)).status, 200)
})

t.test('what fails on a connection that carried an authentic request counts for nobody', async t => {
  const { app } = build(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const [kept, other] = [connection(t, port), connection(t, port)]
  t.equal(await kept(right), 200)
  for (let i = 0; i < failuresAMinute + 10; i++) if ((await kept(wrong)) !== 401) t.fail(`failure ${i}`)
  t.equal(await other(wrong), 401, 'the address has failed no more than once')
  for (let i = 1; i < failuresAMinute; i++) await other(wrong)
  t.equal(await other(wrong), 429)
  t.equal(await kept(wrong), 401)
  t.equal(await other(right), 200)
})

t.test('a connection from a trusted proxy is everybody’s: who fails on it is counted by address', async t => {
  const { app } = build(t, { config: { trustProxy: true } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const ask = connection(t, port)
  const from = (address: string, headers: Record<string, string>) => ask({ ...headers, 'x-forwarded-for': address })
  t.equal(await from('203.0.113.7', right), 200)
  for (let i = 0; i < failuresAMinute; i++) await from('203.0.113.8', wrong)
  t.equal(await from('203.0.113.8', wrong), 429)
  t.equal(await from('203.0.113.8', right), 200)
  t.equal(await from('203.0.113.7', wrong), 401)
})

/** Makes calls on one connection; they resolve with their status. */
function connection(t: Test, port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  return (given: Record<string, string>): Promise<number | undefined> => {
    const headers = { ...given, 'content-length': ana.length }
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
    const asked = request({ port, method: 'POST', path: '/blocks/hello', agent, headers }, answer =>
      answer.resume().on('end', () => resolve(answer.statusCode)),
    )
    asked.on('error', reject).end(ana)
    return promise
  }
}
