/** Follows the table in docs/security.md step by step, with servers before and after each step side by side. */
import t from 'tap'
import { defineBlock } from '../../src/blocks/define.ts'
import { createAppKeys } from '../../src/manychat/app-keys.ts'
import { createCipher } from '../../src/settings/cipher.ts'
import { type Answer, ana, build, post } from '../helper.ts'
import { createAppKeyMemory } from '../manychat/app-key-memory.ts'

const older = 'the-old-secret-of-32-characters-1'
const newer = 'the-new-secret-of-32-characters-2'
const talk = defineBlock({
  open: ({ tap }) => ({ messages: [{ type: 'text', text: 'Hi', buttons: [tap('Go on', 'next')] }] }),
  steps: { next: () => 'Well done' },
})

/** The values of a setting at each step. */
const added = [[older], [older, newer], [newer]]
const moved: [string, ...string[]][] = [[older], [older, newer], [newer, older], [newer]]

t.test('R1: while a webhook secret is replaced no call is refused', async t => {
  const [before, both, after] = added.map(webhookSecrets => build(t, { config: { webhookSecrets }, blocks: { talk } }))
  const call = async (server: typeof both, shown: string) =>
    (await post(server?.app as never, '/blocks/talk', ana, { authorization: `Bearer ${shown}` })).status
  for (const server of [before, both]) t.equal(await call(server, older), 200, 'ManyChat shows the old one')
  t.equal(await call(both, newer), 200, 'some blocks of ManyChat show the new one')
  for (const server of [both, after]) t.equal(await call(server, newer), 200, 'all of them do')
  t.equal(await call(after, older), 401, 'the old one is of no use any more')
})

t.test('R3: while an API token is replaced no request is refused', async t => {
  const [before, both, after] = added.map(apiTokens => build(t, { config: { apiTokens } }))
  const isIn = async (server: typeof both, shown: string) => {
    const response = await server?.app.inject({ url: '/sends', headers: { authorization: `Bearer ${shown}` } })
    return response?.statusCode !== 401
  }
  for (const server of [before, both]) t.ok(await isIn(server, older))
  for (const server of [both, after]) t.ok(await isIn(server, newer))
  t.notOk(await isIn(after, older))
})

t.test('R2: while a state key is replaced a button of any server works on every other', async t => {
  const servers = moved.map(stateKeys => build(t, { config: { stateKeys }, blocks: { talk } }))
  const opened: Answer[] = []
  for (const server of servers) opened.push(await server.open('talk'))
  for (const [step, server] of servers.entries()) {
    // The last step waits until no button with the old key is left.
    const others = step === 3 ? [2, 3] : [0, 1, 2].filter(other => Math.abs(other - step) <= 1)
    for (const other of others) {
      const { shown } = await server.tap(opened[other] as Answer, 'Go on')
      t.equal(shown, 'Well done', `a button of step ${other} on a server at step ${step}`)
    }
  }
  t.equal((await servers[2]?.tap(opened[0] as Answer, 'Go on'))?.shown, 'Well done', 'old buttons work to the end')
  t.equal((await servers[3]?.tap(opened[0] as Answer, 'Go on'))?.status, 401)
  t.equal((await servers[0]?.tap(opened[2] as Answer, 'Go on'))?.status, 401, 'which is why no step may be skipped')
})

t.test('R4: App Keys are encrypted anew, and no longer need the old state key', async t => {
  const storage = createAppKeyMemory()
  const started = async (stateKeys: string[]) => {
    const appKeys = createAppKeys({ cipher: createCipher(stateKeys, 'app keys'), now: () => 0 })
    await appKeys.load(storage)
    return appKeys
  }
  const [before, ...steps] = moved
  const first = await started(before as string[])
  await first.install({ page: '77', key: 'the-app-key', app_id: null, app_version: null, params: {} })
  for (const stateKeys of steps) t.equal((await started(stateKeys)).keyOf('77'), 'the-app-key', stateKeys.join())
})
