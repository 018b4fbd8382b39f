/** Strangers who send what they can, and ManyChat's calls meanwhile. Each attack comes from a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { ana, buttonOf } from '../helper.ts'
import { runServer } from '../run-server.ts'
import { until } from '../until.ts'

const secret = 'wh-5f0a9c1b7d3e4a6f8091a2b3c4d5e6f7'
const block = `import { defineBlock } from 'dynablock'
export default defineBlock({
  open: ({ tap }) => ({ messages: [{ type: 'text', text: 'Well?', buttons: [tap('Next', 'next')] }] }),
  steps: { next: () => 'Next' },
})`
const attackMs = 8000
/** One of them, to look at it alone. */
const only = process.env.ATTACK

t.setTimeout(120_000)

interface Measured {
  answered: number
  others: string[]
  medianMs: number
  slowestMs: number
  peakMiB: number
}

async function serve(t: Test) {
  const folder = t.testdir({ blocks: { 'talk.ts': block }, data: {} })
  const server = await runServer(t, folder, {
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://bot.ops.test',
    BLOCKS_DIR: join(folder, 'blocks'),
    DATA_DIR: join(folder, 'data'),
    WEBHOOK_SECRETS: secret,
    STATE_KEYS: 'st-9b8a7c6d5e4f30211223344556677889',
    LOG_LEVEL: 'warn',
  })
  const { url } = server
  await until(async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true)
  return { url, residentMiB: () => residentMiB(server.child) }
}

/** 200 MiB more than when it is quiet. */
const mostMiB = 350
/** ManyChat waits 10 s. */
const slowestMs = 10_000

for (const attack of ['unfinished bodies', 'tiny chunks', 'broken JSON', 'forged seals', 'idle connections']) {
  if (only && only !== attack) continue
  t.test(`${attack}: ManyChat's calls are answered, and memory stays`, async t => {
    const { url, residentMiB } = await serve(t)
    const quiet = await measure(url, residentMiB, 2000)
    const stranger = spawn(process.execPath, [join(import.meta.dirname, 'stranger.ts'), new URL(url).port, attack], {
      stdio: 'inherit',
    })
    t.teardown(() => stranger.kill('SIGKILL'))
    const attacked = await measure(url, residentMiB, attackMs)
    t.comment(JSON.stringify({ attack, quiet, attacked }))
    t.same(attacked.others, [], 'every call is answered by 200')
    t.ok(attacked.peakMiB < mostMiB, `${attacked.peakMiB} MiB`)
    t.ok(attacked.slowestMs < slowestMs, `${attacked.slowestMs} ms`)
    t.ok(
      attacked.medianMs <= 2 * quiet.medianMs + 100,
      `${attacked.medianMs} ms, and ${quiet.medianMs} when it is quiet`,
    )
  })
}

/** Opens the block and taps its button, over and over, on new connections and on one that is kept. */
async function measure(url: string, residentMiB: () => number, ms: number): Promise<Measured> {
  const endsAt = performance.now() + ms
  const took: number[] = []
  const others: string[] = []
  const kept = new Agent({ keepAlive: true, maxSockets: 1 })
  let peakMiB = 0
  while (performance.now() < endsAt) {
    for (const agent of [undefined, kept]) {
      const opened = await timed('/blocks/talk', ana, agent)
      const tap = opened && buttonOf({ content: JSON.parse(opened).content } as never, 'Next')
      if (tap) await timed('/blocks/talk/next', JSON.stringify(tap.payload), agent)
    }
    peakMiB = Math.max(peakMiB, residentMiB())
    await sleep(20)
  }
  kept.destroy()
  took.sort((a, b) => a - b)
  const round = (x = 0) => Math.round(x * 10) / 10
  return {
    answered: took.length,
    others,
    medianMs: round(took[took.length >> 1]),
    slowestMs: round(took.at(-1)),
    peakMiB: Math.round(peakMiB),
  }

  async function timed(path: string, body: string, agent: Agent | undefined): Promise<string | undefined> {
    const startedAt = performance.now()
    try {
      const { status, text } = await post(url, path, body, agent)
      took.push(performance.now() - startedAt)
      if (status === 200) return text
      others.push(`${path}: ${status} ${text}`)
    } catch (error) {
      others.push(`${path}: ${error}`)
    }
    return undefined
  }
}

function post(url: string, path: string, body: string, agent: Agent | undefined) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = { authorization: `Bearer ${secret}`, 'content-length': Buffer.byteLength(body) }
    const asked = request(`${url}${path}`, { method: 'POST', agent: agent ?? false, headers }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', chunk => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

function residentMiB({ pid }: ChildProcess): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}
