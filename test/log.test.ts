import t from 'tap'
import { createLog as open } from '../src/log.ts'

t.test('of an error only kind, code and place are written, however it is logged', async t => {
  const { log, lines } = createLog()
  const error = Object.assign(new TypeError('canary: what Ana wrote'), { code: 'E_SOME' })
  log.error(error)
  log.error({ err: error })
  log.error({ err: error }, 'with words')
  log.error(error, 'with words')
  t.equal(lines.length, 4)
  for (const line of lines) {
    t.match(JSON.parse(line), { err: { type: 'TypeError', code: 'E_SOME', stack: /^at .*log\.test\.ts/ } })
    t.notMatch(line, /canary|Ana/)
  }
  t.same(
    lines.map(line => JSON.parse(line).msg),
    ['error', 'error', 'with words', 'with words'],
  )
})

t.test('an error whose message changed since, or that has none, is no exception', async t => {
  const { log, lines } = createLog()
  const changed = new Error('canary one\ncanary two')
  changed.message = 'Ana'
  log.error({ err: changed }, 'changed')
  log.error({ err: new Error() }, 'without a message')
  log.error({ err: Object.assign(new Error('canary'), { stack: undefined }) }, 'without a stack')
  for (const line of lines) t.notMatch(line, /canary|Ana/)
  for (const line of lines.slice(0, 2)) t.match(JSON.parse(line).err.stack, /^at /)
  t.equal(JSON.parse(lines[2] as string).err.stack, '')
})

t.test('of a request only method and path are written', async t => {
  const { log, lines } = createLog()
  log.info({ req: { method: 'POST', url: '/blocks/size?token=canary', headers: { authorization: 'canary' } } })
  t.same(JSON.parse(lines[0] as string).req, { method: 'POST', path: '/blocks/size' })
  t.notMatch(lines[0], /canary/)
})

t.test('the level is the one of the settings', async t => {
  const { log, lines } = createLog('error')
  log.warn('unheard')
  log.error('heard')
  t.equal(lines.length, 1)
})

function createLog(logLevel: 'info' | 'error' = 'info') {
  const lines: string[] = []
  const log = open({ logLevel }, { write: line => lines.push(line) })
  return { log, lines }
}

t.test('whatever a block rejects with is survived, and names nobody', async t => {
  const { log, lines } = createLog()
  const contact = { name: 'Ana Garcia', code: '+34600111222', message: 'canary', stack: 'canary' }
  const hostile = new Proxy(new Error('canary'), {
    get() {
      throw new Error('canary')
    },
  })
  const named = Object.assign(new Error('canary'), { name: 'Ana Garcia', code: '34600111222' })
  for (const err of [null, 'canary', contact, hostile, named, 7n, Symbol('canary')]) {
    log.error({ err }, 'with words')
    log.error({ err })
  }
  log.error(null)
  t.equal(lines.length, 15)
  for (const line of lines) t.notMatch(line, /canary|Ana|34600/)
  t.same(
    lines.filter((_, i) => i % 2 === 0 && i < 14).map(line => JSON.parse(line).err.type),
    ['null', 'string', 'object', 'object', '', 'bigint', 'symbol'],
  )
})

t.test('words alone are a line', async t => {
  const { log, lines } = createLog()
  log.info('words')
  t.match(JSON.parse(lines[0] as string), { level: 30, msg: 'words' })
})
