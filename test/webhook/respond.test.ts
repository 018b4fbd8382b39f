import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { loadBlocks } from '../../src/blocks/load.ts'
import { defineBlock } from '../../src/index.ts'
import { ana, build, config, folderOf, secret, write } from '../helper.ts'

const saying = (text: string) =>
  `import { defineBlock } from 'dynablock'\nexport default defineBlock({ open: () => '${text}' })\n`

const blocks = {
  well: defineBlock({ open: () => 'Hello' }),
  broken: defineBlock({
    open: () => {
      throw new TypeError('no — such\n  thing')
    },
  }),
  cut: defineBlock({ open: () => ({ messages: [{ type: 'text', text: 'x'.repeat(2001) }] }) }),
}

t.test('in development the author is told in a header what the contact is not told', async t => {
  const { open } = build(t, { blocks, config: { dev: true } })
  t.equal((await open('well')).headers['x-dynablock-problem'], undefined)
  const broken = await open('broken')
  t.equal(broken.status, 200)
  t.match(broken.headers['x-dynablock-problem'], /^DYN_BLOCK_THREW: .*block "broken".*TypeError: no \? such thing/)
  t.match(
    (await open('cut')).headers['x-dynablock-problem'],
    /^text-split \/messages\/0\/text: Messenger shows at most .*It is split into 2 messages\./,
  )
})

t.test('and of a file that does not load, while an older version of it answers', async t => {
  const folder = folderOf(t, { 'hello.ts': saying('one') })
  const { promise, resolve } = Promise.withResolvers<void>()
  const log = { debug() {}, warn() {}, error() {}, info: () => resolve() }
  const loaded = await loadBlocks({ folder, reload: true, log })
  const app = buildApp({ config: { ...config, dev: true, logLevel: 'silent' }, blocks: loaded })
  t.teardown(() => app.close())
  write(folder, { 'hello.ts': 'nonsense(' })
  await promise
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
  const response = await app.inject({ method: 'POST', url: '/blocks/hello', headers, payload: ana })
  t.match(response.body, /"one"/)
  t.match(
    response.headers['x-dynablock-problem'],
    /^not-reloaded: The last good version answers: hello\.ts: it does not load/,
  )
})

t.test('a header that nobody could read is cut', async t => {
  const block = defineBlock({ open: () => Promise.reject(new Error('x'.repeat(10_000))) })
  const { headers } = await build(t, { blocks: { block }, config: { dev: true } }).open('block')
  t.equal(String(headers['x-dynablock-problem']).length, 2000)
})

t.test('in production nobody is told', async t => {
  const { open } = build(t, { blocks })
  for (const name of Object.keys(blocks)) {
    t.equal((await open(name)).headers['x-dynablock-problem'], undefined, name)
  }
})

t.test('a failure has the form of RFC 9457', async t => {
  const { json } = await build(t).open('hello', '{')
  t.same(Object.keys(json), ['code', 'title', 'status', 'detail', 'got', 'remedy'])
})

t.test('what fails in the server itself is 500 and logged by its kind only', async t => {
  const { app, open, lines, log } = build(t)
  app.addHook('preHandler', async () => {
    throw Object.assign(new RangeError('a canary that sings\n    at first'), { code: 'E_CANARY' })
  })
  const { status, json } = await open('hello', ana)
  t.equal(status, 500)
  t.match(json, { code: 'DYN_INTERNAL', status: 500 })
  t.match(lines('error'), [{ msg: 'Internal error', err: { type: 'RangeError', code: 'E_CANARY', stack: /^at / } }])
  t.notMatch(log.join(''), /canary that|at first/)
})

t.test('another refusal of the framework keeps its code', async t => {
  const { app, open } = build(t)
  app.addHook('preHandler', async () => {
    throw Object.assign(new Error('a canary'), { code: 'FST_TEAPOT', statusCode: 418 })
  })
  const { json, text } = await open('hello', ana)
  t.match(json, { code: 'DYN_REQUEST_REFUSED', status: 400, detail: /FST_TEAPOT/ })
  t.notMatch(text, /canary/)
})
