/** A listening development server with its simulator. */
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { buildApp } from '../../../src/app.ts'
import type { Block } from '../../../src/blocks/define.ts'
import { type Blocks, loadBlocks } from '../../../src/blocks/load.ts'
import { createSimulator } from '../../../src/dev/simulator/routes.ts'
import type { SessionsOptions } from '../../../src/dev/simulator/sessions.ts'
import type { Config } from '../../../src/settings/config.ts'
import { config as base, folderOf, serve } from '../../helper.ts'

export const token = 'the-token-of-this-run-of-the-server'

export interface ServeOptions extends Partial<Omit<SessionsOptions, 'config'>> {
  config?: Partial<Config>
  /** The clock of the server; that of the simulator is `now`. */
  serverNow?: () => number
  host?: string
  port?: number
}

/** Serves the examples, as `npm start` does without any blocks. */
export async function serveExamples(t: Test) {
  return serveSimulator(t, await loadBlocks({ folder: 'examples/blocks', log: console }))
}

export async function serveSimulator(
  t: Test,
  blocks: Record<string, Block> | Blocks,
  { config: given, host = '127.0.0.1', port = 0, serverNow, ...options }: ServeOptions = {},
) {
  const config: Config = {
    ...base,
    dev: true,
    publicUrl: 'http://localhost:3000',
    dataDir: folderOf(t),
    logLevel: 'silent',
    host,
    ...given,
  }
  const served =
    'names' in blocks && typeof blocks.names === 'function'
      ? (blocks as Blocks)
      : serve(blocks as Record<string, Block>)
  const maxDelayMs = Number.POSITIVE_INFINITY
  const simulator = createSimulator({
    config,
    blocks: served,
    token,
    build: parts => buildApp({ ...parts, listens: false, maxDelayMs }),
    restart: () => undefined,
    isRestarted: false,
    ...options,
  })
  const app = buildApp({ config, blocks: served, simulator, maxDelayMs, ...(serverNow && { now: serverNow }) })
  t.teardown(() => app.close())
  await app.listen({ host, port })
  const { port: listening } = app.server.address() as AddressInfo
  const origin = `http://${host === '::1' ? '[::1]' : 'localhost'}:${listening}`
  const root = `${origin}/simulator`
  const cookie = `dynablock-${listening}=${token}`
  return { app, origin, url: `${root}?token=${token}`, cookie, port: listening, ask, begin }

  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${root}${path}`, {
      method,
      headers: { cookie, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    // biome-ignore lint/suspicious/noExplicitAny: tests read any member
    const json: any = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined
    return { status: response.status, headers: response.headers, text, json }
  }

  /** Opens a conversation; `state` reads the state that the page receives. */
  async function begin(block: string, wish: Record<string, unknown> = {}) {
    const { id } = (await ask('POST', '/conversations', { block, channel: 'messenger', ...wish })).json
    const path = `/conversations/${id}`
    await ask('POST', `${path}/open`, {})
    const until = (isSo: (state: State) => boolean) => firstState(`${root}${path}/events`, cookie, isSo)
    return {
      id,
      path,
      state: () => until(() => true),
      until,
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: tests read any member
export type State = any

/** The first state in the stream that meets the condition. */
async function firstState(url: string, cookie: string, isSo: (state: State) => boolean): Promise<State> {
  const gone = new AbortController()
  const response = await fetch(url, { signal: gone.signal, headers: { cookie } })
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    const events = text.split('\n\n')
    text = events.pop() as string
    const found = events.map(event => JSON.parse(event.slice('data: '.length))).find(isSo)
    if (found) {
      gone.abort()
      return found
    }
  }
  throw new Error('the stream ended')
}
