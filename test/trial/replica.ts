/** A server in its own process with production settings, as an operator runs it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Owner } from '../store/stores.ts'

const program = fileURLToPath(new URL('../../src/server.ts', import.meta.url))
const startWithinMs = 30_000

export type Replica = Awaited<ReturnType<typeof startReplica>>

/** Resolves when `/readyz` answers 200. */
export async function startReplica(owner: Owner, port: number, env: Record<string, string>) {
  const child = spawn(process.execPath, [program], {
    cwd: import.meta.dirname,
    env: { NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>
  owner.teardown(() => child.kill('SIGKILL'))
  const origin = `http://127.0.0.1:${port}`
  const giveUpAt = performance.now() + startWithinMs
  while (!(await isReady())) {
    if (child.exitCode !== null || performance.now() > giveUpAt) throw new Error(`the server at ${port} did not start`)
    await sleep(50)
  }
  return { origin, isReady, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }

  async function isReady(): Promise<boolean> {
    const response = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(1000) }).catch(() => null)
    await response?.body?.cancel()
    return response?.status === 200
  }

  /** Ends the process; returns its exit code, or null when the signal killed it. */
  async function end(signal: NodeJS.Signals): Promise<number | null> {
    child.kill(signal)
    return (await exit)[0]
  }
}
