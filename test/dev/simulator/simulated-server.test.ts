import t, { type Test } from 'tap'
import { buildApp } from '../../../src/app.ts'
import { type Block, defineBlock } from '../../../src/blocks/define.ts'
import { createSimulatedServer } from '../../../src/dev/simulator/simulated-server.ts'
import { counter } from '../../contacts/serve.ts'
import { startFakePlatform } from '../../fake-platform.ts'
import { ana, config, folderOf, secret, serve, stateKey } from '../../helper.ts'
import { until } from '../../until.ts'

const hello = defineBlock({ open: () => 'Hello' })

/** A server of the block, and the settings that it was built with. */
function open(t: Test, block: Block = hello, dataDir = folderOf(t), now = Date.now) {
  const built: (typeof config)[] = []
  let stops = 0
  const server = createSimulatedServer({
    config: {
      ...config,
      dataDir,
      databaseUrl: 'postgres://db.test/x',
      outcomeUrl: 'https://shop.test/outcomes',
      metricsPort: 1,
      docs: true,
      logLevel: 'silent',
    },
    blocks: { ...serve({ block }), stop: () => stops++ },
    now,
    build: parts => {
      built.push(parts.config)
      return buildApp({ ...parts, listens: false, maxDelayMs: Number.POSITIVE_INFINITY })
    },
  })
  server.open(undefined)
  t.teardown(server.stop)
  return { server, built, stops: () => stops }
}

t.test('a call reaches the block by the public address, and without a socket', async t => {
  const { server } = open(t)
  const { url, headers } = server.openingOf('block')
  t.equal(url, 'https://blocks.test/blocks/block')
  const response = await server.fetch(url, { method: 'POST', headers, body: ana })
  t.equal(response.status, 200)
  t.match(response.headers.get('content-type'), 'application/json')
  t.match(await response.json(), { content: { messages: [{ text: 'Hello' }] } })
})

t.test('a callback to another server goes there', async t => {
  const { url, heard, answerWith } = await startFakePlatform(t)
  answerWith({ body: 'elsewhere' })
  const response = await open(t).server.fetch(`${url}/elsewhere`, { method: 'POST', body: '{}' })
  t.equal(await response.text(), 'elsewhere')
  t.match(heard, [{ method: 'POST', path: '/elsewhere' }])
})

t.test('who stops waiting is not kept waiting', async t => {
  const gate = Promise.withResolvers<string>()
  const { server } = open(t, defineBlock({ open: () => gate.promise }))
  const { url, headers } = server.openingOf('block')
  const gone = new AbortController()
  const answer = server.fetch(url, { method: 'POST', headers, body: ana, signal: gone.signal })
  gone.abort()
  await t.rejects(answer)
  gate.resolve('too late')
})

t.test('its secrets and its store are its own, and the same keys come from the same STATE_KEYS', async t => {
  const dataDir = folderOf(t)
  const { built, server, stops } = open(t, hello, dataDir)
  const [first] = built
  const [second] = open(t, hello, dataDir).built
  t.match(first, {
    dataDir: `${dataDir}/simulator`,
    databaseUrl: undefined,
    outcomeUrl: undefined,
    metricsPort: undefined,
    docs: false,
  })
  t.notOk(first?.stateKeys.includes(stateKey) || first?.webhookSecrets.includes(secret))
  t.same(first?.stateKeys, second?.stateKeys)
  t.notSame(first?.webhookSecrets, second?.webhookSecrets)
  t.notSame(first?.apiTokens, first?.webhookSecrets)
  await server.stop()
  t.equal(stops(), 0, 'the blocks belong to the server that listens')
})

t.test('sends are listed once the store is open', async t => {
  const { server } = open(t)
  await t.rejects(server.listSends('17'), { message: 'status 503' })
  await server.start()
  let sends: unknown
  await until(async () => {
    sends = await server.listSends('17').catch(() => undefined)
    return sends !== undefined
  })
  t.same(sends, [])
})

t.test('a block remembers its contact, for as long as the simulator’s clock says', async t => {
  const clock = { ms: Date.now() }
  const { server } = open(t, counter, folderOf(t), () => clock.ms)
  await server.start()
  const { url, headers } = server.openingOf('block')
  const say = async () => {
    const response = await server.fetch(url, { method: 'POST', headers, body: ana })
    return ((await response.json()) as { content: { messages: { text: string }[] } }).content.messages[0]?.text
  }
  await until(async () => (await say()) === '1')
  t.equal(await say(), '2')
  clock.ms += 30 * 86_400_000
  t.equal(await say(), '1')
})
