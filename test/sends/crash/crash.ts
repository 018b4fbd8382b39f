/**
 * Kills the server repeatedly at random moments, and counts the promises it kept:
 * `npm run test:crash -- --kills 100 --seed 1`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openStore, type Store, type StoreOptions } from '../../../src/store/store.ts'
import { folder, type Owner, schemaOptions, withOwner } from '../../store/stores.ts'
import { until } from '../../until.ts'
import { accept, type Delivery, startRecordingPlatform } from '../recording-platform.ts'
import { type ServerProcess, startServer } from '../server-process.ts'
import { noteDoneTexts } from './done-texts.ts'
import { createRandom } from './random.ts'
import { type Counts, judge, type Kill, type Message } from './verdict.ts'

export interface CrashOptions {
  engine: 'sqlite' | 'postgres'
  kills: number
  /** The same seed produces the same calls and moments, though the machine's scheduling still varies. */
  seed: number
  /** How long the last server may take to deliver the rest. */
  drainMs: number
}

const pages = ['7000000000000000001', '7000000000000000002', '7000000000000000003', '7000000000000000004']
const contacts = Array.from({ length: 16 }, (_, i) => ({
  page: pages[i % 4] as string,
  id: `9007199254740993${100 + i}`,
}))
const messagesPerRun = 2
const leaseMs = 1200

export async function crash(owner: Owner, { engine, kills: wanted, seed, drainMs }: CrashOptions): Promise<Counts> {
  const random = createRandom(seed)
  const messages: Message[] = []
  const kills: Kill[] = []
  const broken = new Set<Delivery>()
  const platform = await startRecordingPlatform(owner, async (delivery, response) => {
    await sleep(random() * 120)
    if (random() > 0.03) return accept(delivery, response)
    broken.add(delivery)
    response.destroy()
  })
  const options = engine === 'sqlite' ? { dataDir: folder(owner) } : schemaOptions(owner)
  const store = await openStore(options)
  owner.teardown(store.close)
  const readDoneTexts = await noteDoneTexts(store)

  while (kills.length < wanted) await runAndKill()
  const server = start(options)
  await server.ready()
  await until(async () => (await unfinished(store)) === 0, { withinMs: drainMs, everyMs: 100 })
  await server.stop()
  return judge(messages, platform.deliveries, kills, broken)

  function start(options: StoreOptions): ServerProcess {
    const server = startServer(options, {
      leaseMs,
      manychatApiKeys: pages.map(page => `${page}:${kills.length}`),
      manychatApiUrl: platform.url,
    })
    owner.teardown(server.kill)
    return server
  }

  async function runAndKill(): Promise<void> {
    const server = start(options)
    // Sometimes kill it during its start.
    const isEarly = random() < 0.1
    if (!isEarly) await server.ready()
    const ended = new AbortController()
    const talking = contacts.map(contact => talk(server, contact, ended.signal))
    await sleep(random() * (isEarly ? 600 : 1000))
    const at = performance.now()
    await server.kill()
    ended.abort()
    kills.push({ at, done: await readDoneTexts() })
    await Promise.all(talking)
  }

  /** Calls by a contact, and sends to them, one after the other. */
  async function talk(
    server: ServerProcess,
    { page, id }: (typeof contacts)[number],
    signal: AbortSignal,
  ): Promise<void> {
    for (let n = 0; n < messagesPerRun && !signal.aborted; n++) {
      const message: Message = {
        text: `message ${messages.length}`,
        contact: id,
        kind: random() < 0.5 ? 'late' : 'send',
        isPromised: false,
      }
      messages.push(message)
      const ms = 60 + random() * 600
      try {
        if (message.kind === 'late') message.isPromised = (await server.open(page, id, message.text, ms)) === 'waiting'
        else message.isPromised = (await server.send(page, id, message.text)).status === 202
      } catch {
        // The server was killed, so it promised nothing.
      }
      await sleep(random() * 200)
    }
  }
}

async function unfinished(store: Store): Promise<number> {
  const rows = await store.run(db =>
    db.selectFrom('jobs').select('id').where('state', 'in', ['waiting', 'running', 'dead']).execute(),
  )
  return rows.length
}

if (import.meta.main) {
  const { kills, seed } = parseArgs({
    options: { kills: { type: 'string', default: '100' }, seed: { type: 'string', default: String(Date.now() % 1e9) } },
  }).values
  console.log(`seed ${seed}, Node ${process.version}`)
  const counts: Record<string, Counts> = {}
  for (const engine of ['sqlite', 'postgres'] as const) {
    counts[engine] = await withOwner(owner =>
      crash(owner, { engine, kills: Number(kills), seed: Number(seed), drainMs: 300_000 }),
    )
  }
  console.table(counts)
  const isHeld = Object.values(counts).every(
    counts => counts.lost + counts['twice otherwise'] + counts['out of order'] === 0,
  )
  process.exitCode = isHeld ? 0 : 1
}
