/** A fresh app for a test, with explicit settings, a clock that the test moves, and the app's log lines. */
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { type AppOptions, buildApp } from '../src/app.ts'
import { type Block, defineBlock } from '../src/blocks/define.ts'
import type { Blocks } from '../src/blocks/load.ts'
import type { Content } from '../src/content/content.ts'
import { record } from '../src/dev/record/record.ts'
import { createLog } from '../src/log.ts'
import type { Config } from '../src/settings/config.ts'

export const secret = 'a-webhook-secret-of-this-test-run'
export const stateKey = 'a-state-key-that-signs-for-this-test'
/** May read /metrics, unless a test sets other tokens. */
export const metricsToken = 'a-token-that-reads-the-metrics-of-a-test'
export const publicUrl = 'https://blocks.test'

export const config: Config = {
  dev: false,
  host: '127.0.0.1',
  port: 3000,
  metricsPort: undefined,
  publicUrl,
  webhookSecrets: [secret],
  stateKeys: [stateKey],
  apiTokens: [`prometheus:metrics:${metricsToken}`],
  manychatApiKeys: [],
  manychatApiUrl: undefined,
  matonApiKey: undefined,
  matonConnections: new Map(),
  chatfuelBots: [],
  fallbackFlows: new Map(),
  outcomeUrl: undefined,
  outcomeSecrets: [],
  dryRun: false,
  delivers: true,
  onUnknownMedia: 'hold',
  docs: false,
  appKeyHeader: 'x-token-header',
  appInstallSecrets: [],
  appPages: [],
  defaultPage: undefined,
  blocksDir: undefined,
  dataDir: '/dev/null/nowhere',
  databaseUrl: undefined,
  recordDir: undefined,
  replyWithinMs: 8000,
  lateWithinMs: 120_000,
  maxBodyBytes: 262_144,
  maxBodiesBytes: 67_108_864,
  trustProxy: false,
  logLevel: 'trace',
}

/** Full Contact Data as text, with ids above 2^53, which a JavaScript number can't hold. */
export const ana =
  '{"id":9007199254740993123,"key":"user:9007199254740993123","page_id":1234567890123456789,"first_name":"Ana","language":"es"}'

export interface Overrides {
  config?: Partial<Config>
  /** Blocks by name; default: one that says hello. */
  blocks?: Record<string, Block>
  limits?: AppOptions['limits']
  /** Default: unlimited, because a machine that runs tests may stall for a second. */
  maxDelayMs?: number
}

/** A callback as sent to ManyChat, which posts it back for a tap or a message. */
export interface Callback {
  url: string
  method: string
  payload?: Record<string, unknown>
  timeout?: number
}

export function build(
  t: Test,
  {
    config: given,
    blocks = { hello: defineBlock({ open: () => 'Hello' }) },
    limits = {},
    maxDelayMs = Number.POSITIVE_INFINITY,
  }: Overrides = {},
) {
  const clock = { ms: Date.UTC(2026, 0, 1) }
  const log: string[] = []
  const settings = { ...config, ...given }
  const { recordDir: folder } = settings
  const now = () => clock.ms
  const app = buildApp({
    config: settings,
    blocks: serve(blocks),
    now,
    log: createLog(settings, { write: line => log.push(line) }),
    record: folder === undefined ? undefined : app => record(app, { folder, config: settings, now }),
    limits,
    maxDelayMs,
    // So that a test sees what it just did.
    metricsMaxAgeMs: 0,
  })
  t.teardown(() => app.close())
  return { app, clock, log, lines, open, enter, tap, say }

  /** The log lines of one level, parsed. */
  function lines(level: 'info' | 'warn' | 'error' | 'debug'): Record<string, unknown>[] {
    const number = { debug: 20, info: 30, warn: 40, error: 50 }[level]
    return log.map(line => JSON.parse(line)).filter(line => line.level === number)
  }

  /** Opens a block as a Dynamic Block does. */
  async function open(block: string, body: unknown = ana, headers: Record<string, string> = {}): Promise<Answer> {
    return post(app, `/blocks/${block}`, body, { authorization: `Bearer ${secret}`, ...headers })
  }

  /** Posts a callback as ManyChat does; `body` overrides its payload. */
  async function enter(callback: Callback | undefined, body: Record<string, unknown> = {}): Promise<Answer> {
    if (!callback) throw new Error('the answer has no such callback')
    return post(app, callback.url.replace(/^https?:\/\/[^/]+/, ''), { ...callback.payload, ...body })
  }

  function tap(answer: Answer, caption: string): Promise<Answer> {
    return enter(buttonOf(answer, caption))
  }

  function say(answer: Answer, input: string): Promise<Answer> {
    return enter(answer.content.external_message_callback as Callback | undefined, { input })
  }
}

/** A parsed answer. */
export interface Answer {
  status: number
  headers: LightMyRequestResponse['headers']
  /** The unparsed body, with every digit. */
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests read any member
  json: any
  content: Content
  /** The text of the first text message. */
  shown: string | undefined
}

export async function post(
  app: FastifyInstance,
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const json = JSON.parse(response.body)
  const first = json.content?.messages[0]
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    json,
    content: json.content,
    shown: first?.text,
  }
}

/** What Prometheus is told. */
export async function metricsOf(app: FastifyInstance, token = metricsToken): Promise<string> {
  const response = await app.inject({ url: '/metrics', headers: { authorization: `Bearer ${token}` } })
  if (response.statusCode !== 200) throw new Error(`/metrics answered ${response.statusCode}`)
  return response.body
}

/** The callback of the button or quick reply with this caption. */
export function buttonOf({ content }: Answer, caption: string): Callback | undefined {
  const buttons = content.messages.flatMap(message => ('buttons' in message ? (message.buttons ?? []) : []))
  const found = [...buttons, ...(content.quick_replies ?? [])].find(button => button.caption === caption)
  return found as Callback | undefined
}

/** A folder away from any package.json and node_modules, like a mounted one. Deleted after the teardowns added later. */
export function folderOf(t: Test, files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'dynablock-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  write(folder, files)
  return folder
}

export function write(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

/** A free port. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export function serve(blocks: Record<string, Block>): Blocks {
  return { get: name => new Map(Object.entries(blocks)).get(name), names: () => Object.keys(blocks), stop() {} }
}
