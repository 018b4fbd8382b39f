import t from 'tap'
import { defineBlock } from '../../src/blocks/define.ts'
import { ana, build, buttonOf, secret } from '../helper.ts'

const token = 'a-token-of-the-systems-of-this-test'
const size = defineBlock({
  open: ({ tap }) => ({ messages: [{ type: 'text', text: 'canary text', buttons: [tap('Go on', 'next')] }] }),
  steps: { next: () => 'Well done' },
})

/** The credential that each route requires. */
const access: Record<string, 'webhook' | 'install' | 'api' | 'seal' | 'everybody'> = {
  'POST /blocks/:block': 'webhook',
  'POST /blocks/:block/:step': 'seal',
  'POST /apps/installed': 'webhook',
  'POST /apps/installed/:secret': 'install',
  'GET /app-keys': 'api',
  'DELETE /app-keys/:page': 'api',
  'GET /contacts/:contact': 'api',
  'DELETE /contacts/:contact': 'api',
  'POST /sends': 'api',
  'GET /sends': 'api',
  'GET /sends/:id': 'api',
  'POST /sends/:id/retry': 'api',
  'DELETE /sends/:id': 'api',
  'POST /check': 'api',
  'GET /healthz': 'everybody',
  'GET /readyz': 'everybody',
  'GET /metrics': 'api',
  'GET /schema/content.json': 'everybody',
}

t.test('A1: every route lets in exactly those of the table', async t => {
  const { app, open } = build(t, { config: { apiTokens: [token] }, blocks: { size } })
  const routes: string[] = []
  app.addHook('onRoute', ({ method, url }) => {
    if (method !== 'HEAD') routes.push(`${method} ${url}`)
  })
  const callback = buttonOf(await open('size'), 'Go on')
  t.strictSame(routes.sort(), Object.keys(access).sort())

  const { state } = (callback as { payload?: unknown }).payload as { state: string }
  const credentials = { webhook: secret, api: token, seal: state, nothing: undefined, wrong: `${secret}x` }
  for (const [route, who] of Object.entries(access)) {
    const [method, path] = route.split(' ') as ['POST', string]
    const url = path.replace(':block', 'size').replace(':step', 'next').replace(':id', '1')
    for (const [name, bearer] of Object.entries(credentials)) {
      // A callback's seal belongs in the body.
      const payload = name === 'seal' && who === 'seal' ? JSON.stringify(callback?.payload) : ana
      const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) }
      const hasBody = method === 'POST' ? { payload } : {}
      const { statusCode, body } = await app.inject({ method, url, headers, ...hasBody })
      const isIn = who === 'everybody' || who === name
      t.equal(statusCode !== 401, isIn, `${route} with ${name}: ${statusCode}`)
      if (!isIn) t.match(JSON.parse(body).code, /^DYN_(UNAUTHORIZED|SEAL_REFUSED)$/)
    }
  }
})

t.test('A3: what is open tells nothing of contacts, texts, secrets or blocks', async t => {
  const { app, open } = build(t, { config: { apiTokens: [token] }, blocks: { 'canary-block': size } })
  await open('canary-block')
  for (const [route, who] of Object.entries(access)) {
    if (who !== 'everybody') continue
    const { body, headers } = await app.inject(route.split(' ')[1] as string)
    t.notMatch(body + JSON.stringify(headers), /canary|9007199254740993123|Ana|a-webhook|a-token|a-state/, route)
  }
  const { body } = await app.inject({
    method: 'POST',
    url: '/blocks/canary',
    headers: { authorization: `Bearer ${secret}` },
  })
  t.notMatch(body, 'canary-block')
})

t.test('A4: production has no page, hint or header for developers', async t => {
  const broken = defineBlock({ open: () => Promise.reject(new Error('canary')) })
  const { app, open } = build(t, { blocks: { broken } })
  for (const url of ['/docs', '/openapi.json', '/simulator', '/simulator/', '/simulator/api/fb/page/getInfo']) {
    t.equal((await app.inject(url)).statusCode, 404, url)
    t.equal((await app.inject({ method: 'POST', url, payload: {} })).statusCode, 404, url)
  }
  const answer = await open('broken')
  t.equal(answer.status, 200)
  t.notMatch(JSON.stringify(answer.headers) + answer.text, /canary|x-dynablock/)
})
