import { setTimeout as sleep } from 'node:timers/promises'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import size from '../../examples/blocks/size.ts'
import { startFakePlatform } from '../fake-platform.ts'
import { build, folderOf, secret } from '../helper.ts'

const token = 'a-token-of-the-systems-of-this-test'
const page = '1234567890123456789'
// biome-ignore lint/suspicious/noExplicitAny: tests read any member
type Loose = any

const document: Loose = (await serve(t).app.inject('/openapi.json')).json()
const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema({ $id: 'document', components: document.components })

t.test('the document is OpenAPI 3.1', async t => {
  const { valid, errors } = await new Validator().validate(document)
  t.ok(valid, JSON.stringify(errors))
})

t.test('every route is in it, and no other', async t => {
  const routes: string[] = []
  const { app } = serve(t)
  app.addHook('onRoute', ({ method, url }) => {
    routes.push(`${method} ${url.replace(/:(\w+)/g, '{$1}')}`)
  })
  await app.ready()
  const listed = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
  t.strictSame(routes.filter(route => !/^HEAD | \/docs/.test(route)).sort(), listed.sort())
})

t.test('each example is answered as documented', async t => {
  const { app, platform } = await start(t)
  for (const [path, methods] of Object.entries(document.paths) as [string, Loose][]) {
    for (const [method, operation] of Object.entries(methods) as [string, Loose][]) {
      const bodies = Object.entries(operation.requestBody?.content ?? { none: {} }) as [string, Loose][]
      for (const [type, { example }] of bodies) {
        if (path === '/apps/installed') {
          platform.answerWith({ body: `{"status":"success","data":{"id":${page},"name":"Page"}}` })
        }
        const response = await app.inject({
          method: method.toUpperCase() as 'GET',
          url: path.replace(
            /\{(\w+)\}/g,
            (_, name) => operation.parameters.find((p: Loose) => p.name === name).example,
          ),
          headers: { ...authorize(operation.security), ...(type !== 'none' && { 'content-type': type }) },
          ...(type !== 'none' && { payload: typeof example === 'string' ? example : JSON.stringify(example) }),
        })
        check(t, `${method} ${path}`, operation.responses[response.statusCode], response)
      }
    }
  }
})

t.test('each example is what its schema asks for', async t => {
  for (const [path, methods] of Object.entries(document.paths) as [string, Loose][]) {
    for (const { requestBody } of Object.values(methods) as Loose[]) {
      for (const { example, schema } of Object.values(requestBody?.content ?? {}) as Loose[]) {
        const isValid = compile(schema)
        t.ok(isValid(example), `${path}: ${JSON.stringify(isValid.errors)}`)
      }
    }
  }
})

t.test('what succeeds with what the server itself has given is as documented', async t => {
  const { app, platform } = await start(t, { dryRun: false })
  const ask = async (method: 'GET' | 'POST' | 'DELETE', path: string, id: string, payload?: object, headers = {}) => {
    const operation = (document.paths as Loose)[path][method.toLowerCase()]
    const url = path.replace('{block}', 'size').replace('{step}', 'chosen').replace('{id}', id)
    const all = { ...authorize(operation.security), ...headers }
    const response = await app.inject({ method, url, headers: all, ...(payload && { payload }) })
    t.match(String(response.statusCode), /^2/, `${method} ${path} ${response.body}`)
    check(t, `${method} ${path}`, operation.responses[response.statusCode], response)
    return { status: response.statusCode, ...response.json() }
  }
  const opened = await ask('POST', '/blocks/{block}', '', { id: 7 })
  await ask('POST', '/blocks/{block}/{step}', '', opened.content.messages[0].buttons[0].payload)

  const send = { operation: 'sending.sendFlow', params: { subscriber_id: 7, flow_ns: 'content1' } }
  const waiting = { ...send, not_before: '2100-01-01T00:00:00Z' }
  const key = { 'idempotency-key': 'once' }
  const { id, status } = await ask('POST', '/sends', '', waiting, key)
  t.same([status, (await ask('POST', '/sends', '', waiting, key)).status], [202, 200])
  t.equal((await ask('DELETE', '/sends/{id}', id)).state, 'cancelled')

  platform.answerWith({ status: 400, body: '{"status":"error","message":"No such flow"}' })
  const dead = await ask('POST', '/sends', '', send)
  while ((await ask('GET', '/sends/{id}', dead.id)).state !== 'dead') await sleep(5)
  t.not((await ask('POST', '/sends/{id}/retry', dead.id)).state, 'dead')
})

t.test('what is refused is a problem as documented', async t => {
  const { app } = serve(t)
  const response = await app.inject({ method: 'POST', url: '/blocks/size', payload: '{}' })
  check(t, 'a stranger', (document.paths as Loose)['/blocks/{block}'].post.responses[401], response)
})

t.test('production serves it only when it is asked to', async t => {
  for (const url of ['/docs', '/docs/', '/docs/js/scalar.js', '/openapi.json']) {
    t.equal((await serve(t, { docs: false }).app.inject(url)).statusCode, 404, url)
  }
  const { app } = serve(t)
  const { body, headers } = await app.inject('/docs/')
  t.match(body, 'scalar.js')
  t.notMatch(body, /https?:/, 'nothing comes from elsewhere')
  t.match(headers['content-security-policy'], /default-src 'self'/)
  t.equal((await app.inject('/docs/js/scalar.js')).statusCode, 200)
  t.match((await app.inject('/openapi.json')).json(), { openapi: '3.1.0', info: { version: /^\d+\.\d+\.\d+$/ } })
})

function check(t: Test, what: string, documented: Loose, response: Loose): void {
  t.ok(documented, `${what}: ${response.statusCode} is documented, ${response.body}`)
  const type = String(response.headers['content-type']).split(';')[0] as string
  const schema = documented?.content[type]?.schema
  t.ok(schema, `${what}: as ${type}`)
  if (!/[/+]json$/.test(type)) return
  const isValid = compile(schema)
  t.ok(isValid(response.json()), `${what}: ${response.body} ${JSON.stringify(isValid.errors)}`)
}

function compile(schema: Loose) {
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')))
}

function authorize([scheme]: Record<string, unknown>[]): Record<string, string> {
  if (!scheme || Object.keys(scheme).length === 0) return {}
  return { authorization: `Bearer ${'webhook' in scheme ? secret : token}` }
}

function serve(t: Test, config = {}) {
  const options = { docs: true, apiTokens: [token], dryRun: true, manychatApiKeys: [`${page}:key`], ...config }
  return build(t, { config: options, blocks: { size } })
}

async function start(
  t: Test,
  config = {},
): Promise<{ app: FastifyInstance; platform: Awaited<ReturnType<typeof startFakePlatform>> }> {
  const platform = await startFakePlatform(t)
  const { app } = serve(t, { dataDir: folderOf(t), manychatApiUrl: platform.url, ...config })
  await app.listen({ host: '127.0.0.1', port: 0 })
  while ((await app.inject('/readyz')).statusCode !== 200) await sleep(5)
  return { app, platform }
}
