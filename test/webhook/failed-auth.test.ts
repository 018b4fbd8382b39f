import t from 'tap'
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
