/**
 * Typical operations while contacts talk with the servers: `npm run trial -- --minutes 10`. Two replicas on one PostgreSQL
 * take calls at half their top speed, while secrets and settings change, replicas are killed and the store becomes
 * unreachable. Every call must get a valid answer, and every promised late reply must arrive.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openStore } from '../../src/store/store.ts'
import { freePort, write } from '../helper.ts'
import { startProxy } from '../sends/faults/proxy.ts'
import { startRecordingPlatform } from '../sends/recording-platform.ts'
import { folder, type Owner, schemaOptions, withOwner } from '../store/stores.ts'
import { until } from '../until.ts'
import { createBalancer } from './balancer.ts'
import { blocks, createContacts } from './contacts.ts'
import { type Replica, startReplica } from './replica.ts'

const page = '1234567890123456789'
const atOnce = 20
const topSeconds = 5
const arriveWithinMs = 60_000

async function trial(owner: Owner, seconds: number) {
  const platform = await startRecordingPlatform(owner)
  const proxy = await startProxy(owner)
  const store = schemaOptions(owner)
  await (await openStore(store)).close()
  const blocksDir = folder(owner)
  write(blocksDir, blocks)
  const [oldSecret, newSecret, oldKey, newKey] = Array.from({ length: 4 }, () => randomBytes(32).toString('hex'))
  const settings: Record<string, string> = {
    PUBLIC_URL: 'https://bot.example',
    WEBHOOK_SECRETS: `${oldSecret}`,
    STATE_KEYS: `${oldKey}`,
    BLOCKS_DIR: blocksDir,
    DATABASE_URL: `${proxy.url}?options=-csearch_path%3D${store.schema}`,
    MANYCHAT_API_KEYS: `${page}:key`,
    MANYCHAT_API_URL: platform.url,
    REPLY_WITHIN_MS: '1000',
  }
  let secret = `${oldSecret}`
  const replicas: Replica[] = []
  const balancer = createBalancer()
  owner.teardown(balancer.stop)
  for (let i = 0; i < 2; i++) await start(i)
  const { talk, chat } = createContacts({ balancer, page, secret: () => secret })

  await chat(topSeconds, atOnce)
  const top = talk.calls / topSeconds
  const talking = chat(seconds, atOnce, top / 2)
  const events = [
    () => change('a second webhook secret', { WEBHOOK_SECRETS: `${oldSecret},${newSecret}` }),
    () => change('a second state key', { STATE_KEYS: `${oldKey},${newKey}` }),
    () => change('which signs', { STATE_KEYS: `${newKey},${oldKey}` }),
    async () => {
      secret = `${newSecret}`
      await sleep(1000)
      await change('the first webhook secret is gone', { WEBHOOK_SECRETS: `${newSecret}` })
    },
    () => killOne(0),
    () => loseStore('restarts', proxy.cut),
    () => killOne(1),
    () => loseStore('is silent', proxy.stall),
    () => change('more time', { REPLY_WITHIN_MS: '1500' }),
  ]
  const pauseMs = (seconds * 1000) / (events.length + 1)
  const startedAt = performance.now()
  for (const [i, event] of events.entries()) {
    await sleep(Math.max(0, startedAt + (i + 0.5) * pauseMs - performance.now()))
    await event()
  }
  await talking
  const arrived = () => new Set(platform.deliveries.map(({ contact }) => contact))
  await until(() => talk.promised.difference(arrived()).size === 0, { withinMs: arriveWithinMs }).catch(() => undefined)
  for (const replica of replicas) if ((await replica.stop()) !== 0) talk.invalid.push('a replica ended badly')
  for (const invalid of talk.invalid.slice(0, 10)) console.error(invalid)
  return {
    'calls a second at most': Math.round(top),
    calls: talk.calls,
    'without a valid answer': talk.invalid.length,
    'given to another replica': balancer.counts.retried,
    'slowest, ms': Math.round(talk.slowestMs),
    'late replies promised': talk.promised.size,
    'of them lost': talk.promised.difference(arrived()).size,
    'fallbacks shown': talk.fallbacks,
  }

  async function start(index: number): Promise<void> {
    const replica = await startReplica(owner, await freePort(), settings)
    replicas[index] = replica
    balancer.add(replica)
  }

  /** Replaces the replicas one by one, as an operator rolls out a change. */
  async function change(what: string, more: Record<string, string>): Promise<void> {
    say(`settings change: ${what}`)
    Object.assign(settings, more)
    for (const [index, old] of [...replicas.entries()]) {
      await start(index)
      const status = await old.stop()
      balancer.remove(old)
      if (status !== 0) talk.invalid.push(`a replica ended with ${status}`)
    }
  }

  async function killOne(index: number): Promise<void> {
    say('a replica is killed')
    const old = replicas[index]
    await old?.kill()
    await sleep(3000)
    if (old) balancer.remove(old)
    await start(index)
  }

  async function loseStore(what: string, lose: () => void): Promise<void> {
    say(`the store ${what}`)
    lose()
    await sleep(8000)
    proxy.restore()
  }

  function say(what: string): void {
    console.log(`${Math.round((performance.now() - startedAt) / 1000)} s: ${what} (${talk.calls} calls)`)
  }
}

const { minutes } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } }).values
const counts = await withOwner(owner => trial(owner, Number(minutes) * 60))
console.table(counts)
process.exitCode = counts['without a valid answer'] + counts['of them lost'] === 0 ? 0 : 1
