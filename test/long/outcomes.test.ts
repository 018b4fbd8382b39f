/** Servers are killed while they deliver, and the end of every send is told all the same. */
import t from 'tap'
import { openStore } from '../../src/store/store.ts'
import { startFakePlatform } from '../fake-platform.ts'
import { onPostgres } from '../needs.ts'
import { startServer } from '../sends/server-process.ts'
import { folder, schemaOptions } from '../store/stores.ts'
import { until } from '../until.ts'

const page = '7000000000000000001'
const outcomeSecrets = [`whsec_${Buffer.alloc(24, 'k').toString('base64')}`]
const kills = 4
const sendsPerRun = 12

t.setTimeout(300_000)

for (const engine of ['sqlite', 'postgres'] as const) {
  const needs = engine === 'postgres' ? onPostgres : {}
  t.test(`no outcome is lost to kill -9 (${engine})`, { timeout: 120_000, ...needs }, async t => {
    const [platform, receiver] = [await startFakePlatform(t), await startFakePlatform(t)]
    const store = engine === 'sqlite' ? { dataDir: folder(t) } : schemaOptions(t)
    // Makes the schema, too.
    await (await openStore(store)).close()
    const accepted: string[] = []
    const start = () => {
      const server = startServer(store, {
        leaseMs: 1200,
        manychatApiKeys: [`${page}:key`],
        manychatApiUrl: platform.url,
        outcomeUrl: receiver.url,
        outcomeSecrets,
      })
      t.teardown(server.kill)
      return server
    }
    for (let run = 0; run < kills; run++) {
      const server = start()
      await server.ready()
      const told = receiver.heard.length
      for (let n = 0; n < sendsPerRun; n++) {
        const { status, json } = await server.send(page, String(9_007_199_254_740_000 + run * 100 + n), 'Hello')
        if (status === 202) accepted.push(json.id)
      }
      // At another moment each time: before, while and after the first outcomes are told.
      await until(() => receiver.heard.length >= told + run * 2)
      await server.kill()
    }
    const server = start()
    await server.ready()
    const ended = () => new Set(receiver.heard.map(({ body }) => JSON.parse(body).data.id))
    await until(() => accepted.every(id => ended().has(id)), { withinMs: 60_000 })
    t.equal(accepted.length, kills * sendsPerRun)
    const events = new Map(receiver.heard.map(({ headers, body }) => [headers['webhook-id'], body]))
    t.equal(events.size, accepted.length, 'what is told twice has the same id')
    t.equal(await server.stop(), 0)
  })
}
