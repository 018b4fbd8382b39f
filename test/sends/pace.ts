/**
 * One server, one page, 300 sends, a platform with a limit per sliding second, and another process that keeps a core busy:
 * `node test/sends/pace.ts [runs]`. Each run must use at least 0.90 of the limit and never get a 429.
 */
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { folder, type Owner, withOwner } from '../store/stores.ts'
import { until } from '../until.ts'
import { accept, answer, startRecordingPlatform } from './recording-platform.ts'
import { sendBody, startServer } from './server-process.ts'

const limit = 25
const page = '7000000000000000001'

export interface Pace {
  delivered: number
  'used, %': number
  'refused by 429': number
}

export async function pace(owner: Owner, sends: number): Promise<Pace> {
  const busy = spawn(process.execPath, ['-e', 'for (;;) Math.sqrt(Math.random())'], { stdio: 'ignore' })
  owner.teardown(() => busy.kill('SIGKILL'))
  const taken: number[] = []
  let refused = 0
  const platform = await startRecordingPlatform(owner, async (delivery, response) => {
    if (taken.filter(at => delivery.at - at < 1000).length >= limit) {
      refused++
      return answer(response, 429, '{"status":"error","message":"Too many requests"}')
    }
    taken.push(delivery.at)
    await sleep(20 + Math.random() * 40)
    accept(delivery, response)
  })
  const settings = { manychatApiKeys: [`${page}:key`], manychatApiUrl: platform.url }
  const server = startServer({ dataDir: folder(owner) }, settings)
  owner.teardown(server.kill)
  await server.ready()
  const lines = Array.from({ length: sends }, (_, i) => sendBody(page, `${5_000_000 + i}`, String(i)))
  await server.call('POST', '/sends', lines.join('\n'), 'application/x-ndjson')
  await until(() => taken.length >= sends, { withinMs: 60_000 })
  await server.stop()
  const seconds = ((taken.at(-1) ?? 0) - (taken[0] ?? 0)) / 1000
  return {
    delivered: taken.length,
    'used, %': Math.round((1000 * (sends - 1)) / seconds / limit) / 10,
    'refused by 429': refused,
  }
}

if (import.meta.main) {
  const results: Pace[] = []
  for (let run = 0; run < Number(process.argv[2] ?? 20); run++) results.push(await withOwner(owner => pace(owner, 300)))
  console.table(results)
  process.exitCode = results.every(result => result['refused by 429'] === 0 && result['used, %'] >= 90) ? 0 : 1
}
