import t from 'tap'
import type { Terminal } from '../../src/cli/command.ts'
import { loadDev, refuse } from '../../src/cli/load-dev.ts'

/** As Node rejects where a module is missing. */
function missing(module: string): Error {
  const message = `Cannot find module '${module}' imported from /app/src/cli/cli.ts`
  return Object.assign(new Error(message), { code: 'ERR_MODULE_NOT_FOUND' })
}

t.test('a development module that is missing is named, and the command refused', async t => {
  t.equal(await loadDev('dynablock chat', async () => 7), 7)
  const error = await loadDev('dynablock chat', () => Promise.reject(missing('/app/src/dev/commands/chat.ts'))).catch(
    (reason: unknown) => reason,
  )
  t.match(error, { code: 'DYN_DEV_MISSING', message: /dynablock chat/ })
  let written = ''
  const terminal = { write: (text: string) => (written += text) } as unknown as Terminal
  t.equal(await refuse(error)([], terminal), 2)
  t.match(written, /^DYN_DEV_MISSING: .*\n$/)
})

t.test('another failure to load is passed on', async t => {
  const other = missing('/app/node_modules/kysely/index.js')
  await t.rejects(
    loadDev('the simulator', () => Promise.reject(other)),
    other,
  )
  t.throws(() => refuse(other), other)
})
