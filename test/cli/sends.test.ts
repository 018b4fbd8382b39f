import { execFile } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { runSends } from '../../src/cli/sends.ts'
import type { NewDelivery } from '../../src/queue/job.ts'
import { flowSend, serveSends, token } from '../sends/desk-server.ts'

const error = { code: 'DYN_CALL_REFUSED', message: 'the reason' }

async function setUp(t: Test) {
  const { app, memory } = await serveSends(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  return { memory, url, command }

  /** Runs the command; returns its exit code and output. */
  async function command(...args: string[]): Promise<[number, string]> {
    let written = ''
    const write = (text: string) => {
      written += text
    }
    const code = await runSends([...args, '--url', url], { env: { API_TOKENS: `${token}, other` }, fetch, write })
    return [code, written]
  }
}

async function addDead(memory: Awaited<ReturnType<typeof serveSends>>['memory'], addressee: string): Promise<string> {
  const send: NewDelivery = { ...flowSend, addressee }
  await memory.add([send])
  const leases = await memory.claim({ kind: 'delivery', worker: 'test', limit: 10 })
  for (const lease of leases) await memory.kill(lease, error)
  return leases[0]?.id as string
}

t.test('it shows what waits and what died, and why', async t => {
  const { memory, command } = await setUp(t)
  t.same(await command(), [0, 'dead: none\nrunning: none\nwaiting: none\n'])
  const dead = await addDead(memory, '9007199254740993123')
  await memory.add([{ ...flowSend, addressee: '56' }])
  const [code, written] = await command()
  t.equal(code, 0)
  t.match(written, `dead: \n  ${dead}  sending.sendFlow  page ${flowSend.page}  to 9007199254740993123  1 attempts`)
  t.match(written, 'DYN_CALL_REFUSED: the reason')
  t.match(written, /waiting: \n {2}\d+ {2}sending\.sendFlow .* to 56 /)
})

t.test('it filters, and writes lines of JSON', async t => {
  const { memory, command } = await setUp(t)
  const dead = await addDead(memory, '55')
  const [, written] = await command('--state', 'dead', '--page', String(flowSend.page), '--json')
  t.match(JSON.parse(written), { id: dead, state: 'dead', last_error: error })
  t.same(await command('--state', 'dead', '--page', '999'), [0, 'dead: none\n'])
  t.match(await command('--state', 'lost'), [2, /waiting, running, done, dead or cancelled/])
})

t.test('it retries one, or all that are dead', async t => {
  const { memory, command } = await setUp(t)
  const [one, two] = [await addDead(memory, '55'), await addDead(memory, '56')]
  t.same(await command('retry', one), [0, `${one} waits again\n`])
  t.match(await command('retry', one, '404404'), [1, new RegExp(`^${one}: .*\\n404404: `)])
  t.same(await command('retry', '--all'), [0, `${two} waits again\n`])
})

t.test('it cancels one, or all that may go out before a time', async t => {
  const { memory, command } = await setUp(t)
  const add = async (addressee: string, notBefore?: number) => {
    const [added] = await memory.add([{ ...flowSend, addressee, ...(notBefore !== undefined && { notBefore }) }])
    return added?.job.id as string
  }
  const tomorrow = Date.now() + 86_400_000
  const [one, two, later] = [await add('55'), await add('56'), await add('57', tomorrow)]
  t.same(await command('cancel', one), [0, `${one} is cancelled\n`])
  t.match(await command('cancel', one), [1, `${one}: `])
  const soon = new Date(Date.now() + 3_600_000).toISOString()
  t.match(await command('--due-before', soon), [0, /^dead: none\nrunning: none\nwaiting: \n {2}\d+ .*to 56 [^\n]*\n$/])
  t.same(await command('cancel', '--all', '--due-before', soon), [0, `${two} is cancelled\n`])
  t.match(
    (await memory.rows()).map(({ id, state }) => [id, state]),
    [
      [one, 'cancelled'],
      [two, 'cancelled'],
      [later, 'waiting'],
    ],
  )
  t.match(await command('cancel', '--all', '--due-before', 'yesterday'), [2, /^--due-before must be/])
})

t.test('all means all, however many', async t => {
  const { memory, command } = await setUp(t)
  await memory.add(Array.from({ length: 501 }, (_, i) => ({ ...flowSend, addressee: String(i + 1) })))
  const [code, written] = await command('cancel', '--all')
  t.equal(code, 0)
  t.equal(written.match(/is cancelled/g)?.length, 501)
})

t.test('it says how it is used, and what is wrong', async t => {
  const { command, url } = await setUp(t)
  for (const args of [['retry'], ['retry', '1', '--all'], ['cancel'], ['forget', '1']])
    t.match(await command(...args), [2, /^Usage/])
  t.match(await command('--help'), [0, /^Usage: dynablock sends .*Example/s])
  t.match(await command('--stat', 'x'), [2, /Did you mean "--state"\?/])
  t.match(await command('--token', 'wrong'), [2, /refuses the token/])
  const quiet = { env: {}, fetch, write: () => {} }
  t.equal(await runSends(['--url', url], quiet), 2, 'without a token')
  t.equal(await runSends(['--url', 'http://127.0.0.1:1'], quiet), 2, 'without a server')
  t.equal(await runSends([], { ...quiet, env: { PORT: '1' } }), 2, 'by the port of the settings')
})

t.test('npx dynablock runs it', async t => {
  const { url } = await setUp(t)
  const run = (...args: string[]) => promisify(execFile)(process.execPath, ['src/cli/cli.ts', ...args])
  t.equal((await run('sends', '--url', url, '--token', token)).stdout, 'dead: none\nrunning: none\nwaiting: none\n')
  t.match((await run()).stdout, /^Usage: dynablock <command>/)
  t.match((await run('--help')).stdout, /sends/)
  await t.rejects(run('nonsense'), { code: 2 })
})
