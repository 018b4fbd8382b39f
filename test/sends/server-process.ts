/** A server in its own process, which a test can kill. */
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Config } from '../../src/settings/config.ts'
import type { StoreOptions } from '../../src/store/store.ts'
import { secret } from '../helper.ts'

const program = fileURLToPath(new URL('programs/serve.ts', import.meta.url))
/** Keeps the test runner from loading its modules into the process. */
const env = { ...process.env, NODE_OPTIONS: '' }
const token = 'an-api-token-of-this-test-run-0123456789'

/** Options that can be passed as JSON. */
export interface ServeOptions
  extends Partial<
    Pick<
      Config,
      | 'dataDir'
      | 'databaseUrl'
      | 'delivers'
      | 'manychatApiKeys'
      | 'manychatApiUrl'
      | 'apiTokens'
      | 'replyWithinMs'
      | 'outcomeUrl'
      | 'outcomeSecrets'
    >
  > {
  leaseMs?: number
}

export type ServerProcess = ReturnType<typeof startServer>

export interface Reply {
  status: number
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests read any member
  json: any
}

export function startServer({ dataDir, databaseUrl, schema }: StoreOptions, options: ServeOptions) {
  const given: ServeOptions = { dataDir, apiTokens: [token], ...options }
  if (databaseUrl) given.databaseUrl = schema ? `${databaseUrl}?options=-csearch_path%3D${schema}` : databaseUrl
  const child = fork(program, [JSON.stringify(given)], { env })
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>
  const port = new Promise<number>((resolve, reject) => {
    child.once('message', port => resolve(Number(port)))
    child.once('exit', () => reject(new Error('the server ended before it listened')))
  })
  port.catch(() => undefined)
  return { ready, call, open, send, limitFiles, kill, stop }

  /** Resolves when the server listens and its store is open; false when it ended first. */
  async function ready(): Promise<boolean> {
    let hasEnded = false
    void exit.then(() => {
      hasEnded = true
    })
    await port.catch(() => undefined)
    while (!hasEnded) {
      if ((await call('GET', '/readyz').catch(() => null))?.status === 200) return true
      await sleep(20)
    }
    return false
  }

  async function call(
    method: string,
    path: string,
    body?: string,
    type = 'application/json',
    key?: string,
  ): Promise<Reply> {
    const response = await fetch(`http://127.0.0.1:${await port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${path.startsWith('/blocks') ? secret : token}`,
        ...(body !== undefined && { 'content-type': type }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    return { status: response.status, text, json: type === 'application/json' ? JSON.parse(text) : null }
  }

  /** Opens the slow block; returns the text that the contact sees at once. */
  async function open(page: string, contact: string, text: string, ms: number): Promise<string> {
    const { json } = await call(
      'POST',
      '/blocks/slow',
      JSON.stringify({ contact: { id: contact, page_id: page }, text, ms }),
    )
    return json.content.messages[0].text
  }

  async function send(page: string, contact: string, text: string): Promise<Reply> {
    return call('POST', '/sends', sendBody(page, contact, text))
  }

  /** Limits the size of its files, to simulate a full disk. */
  function limitFiles(bytes: number | 'unlimited'): void {
    execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:unlimited`])
  }

  async function kill(): Promise<void> {
    child.kill('SIGKILL')
    await exit
  }

  /** Ends it with SIGTERM, as an operator does. */
  async function stop(): Promise<number | null> {
    child.kill('SIGTERM')
    return (await exit)[0]
  }
}

export function sendBody(page: string, contact: string, text: string): string {
  const data = { version: 'v2', content: { messages: [{ type: 'text', text }] } }
  return JSON.stringify({ operation: 'sending.sendContent', page, params: { subscriber_id: contact, data } })
}
