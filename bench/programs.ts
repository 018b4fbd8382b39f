import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contactBody } from './contact.ts'

const startWithinMs = 15_000
const stopWithinMs = 10_000
const secret = 'bench-webhook-secret-of-40-characters-00'
const stateKey = 'bench-state-key-of-a-good-40-characters0'

/** Headers that every program accepts. */
export const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }

const root = join(import.meta.dirname, '..')
/** The command of `npm start`: Node's options, the program, and its option. */
const { start } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts
const [, option, program, mode] = start.replace(/^exec /, '').split(' ')
const server = {
  args: [option, join(root, program), mode],
  env: {
    HOST: '127.0.0.1',
    PUBLIC_URL: 'https://bench.example',
    WEBHOOK_SECRETS: secret,
    STATE_KEYS: stateKey,
    BLOCKS_DIR: join(import.meta.dirname, 'blocks'),
  },
}

/** dynablock, without and with a log line per call, and the baselines. */
const sources = {
  dynablock: { ...server, env: { ...server.env, LOG_LEVEL: 'warn' } },
  logging: { ...server, env: { ...server.env, LOG_LEVEL: 'info' } },
  fastify: { args: [baseline('fastify')], env: { SECRET: secret } },
  http: { args: [baseline('http')], env: { SECRET: secret } },
  express: { args: [baseline('express')], env: { SECRET: secret } },
}

export type ProgramName = keyof typeof sources
export const programNames = Object.keys(sources) as ProgramName[]

export interface Program {
  name: ProgramName
  /** Like `http://127.0.0.1:40123`. */
  origin: string
  /** From the start of the process to the first 200, in milliseconds. dynablock has opened its store by then. */
  startedInMs: number
  /** Its current resident memory, in MiB. */
  residentMiB(): number
  /** The processor time of all its threads so far, in microseconds. */
  cpuMicros(): number
  stop(): Promise<void>
}

/** Starts a program in its own process, with `more` settings; returns once it answers. All but `logging` print to stderr. */
export async function startProgram(name: ProgramName, more: Record<string, string> = {}): Promise<Program> {
  const { args, env } = sources[name]
  const port = await freePort()
  const dataDir = mkdtempSync(join(tmpdir(), 'dynablock-bench-'))
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, {
    // Not the root of the repository, where the developer may have a .env file.
    cwd: import.meta.dirname,
    env: { ...env, NODE_ENV: 'production', PORT: String(port), DATA_DIR: dataDir, ...more },
    stdio: ['ignore', name === 'logging' ? 'ignore' : 2, 2],
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const origin = `http://127.0.0.1:${port}`
  const stop = async () => {
    await stopChild(child)
    rmSync(dataDir, { recursive: true })
  }
  try {
    await answers(name, origin, child)
    return {
      name,
      origin,
      startedInMs: performance.now() - startedAt,
      residentMiB: () => residentMiB(child),
      cpuMicros: () => cpuMicros(child),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function baseline(name: string): string {
  return join(import.meta.dirname, `baselines/${name}.ts`)
}

async function answers(name: ProgramName, origin: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + startWithinMs
  while (Date.now() < end) {
    if (hasEnded(child)) throw new Error(`${name} ended with exit code ${child.exitCode}; see its message above`)
    // dynablock answers before its store is open; the baselines have no store.
    const isReady = sources[name].args !== server.args || (await succeeds(`${origin}/readyz`))
    if (isReady && (await succeeds(`${origin}/blocks/size`, { method: 'POST', headers, body: contactBody }))) return
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  throw new Error(`${name} did not answer within ${startWithinMs} ms`)
}

async function succeeds(url: string, init?: RequestInit): Promise<boolean> {
  const response = await fetch(url, init).catch(() => null)
  await response?.body?.cancel()
  return response?.ok ?? false
}

function residentMiB({ pid }: ChildProcess): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) / 1024
}

/** The scheduler counts nanoseconds per thread; `/proc/<pid>/stat` counts in steps of 10 ms. */
function cpuMicros({ pid }: ChildProcess): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanos = threads.map(thread =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  )
  return nanos.reduce((sum, each) => sum + each, 0) / 1000
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
  child.kill('SIGTERM')
  await once(child, 'exit')
  clearTimeout(timer)
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}
