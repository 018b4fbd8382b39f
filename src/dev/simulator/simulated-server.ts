/**
 * The server that the simulator's contacts talk to: the same blocks, with secrets, a clock and a store of its own. No socket
 * leads to it, so what it signs opens nothing elsewhere, and moving its clock expires nothing real.
 */
import { hkdfSync, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Blocks } from '../../blocks/load.ts'
import type { StandIn } from '../../manychat/pages.ts'
import type { SendList, SendView } from '../../sends/send-view.ts'
import type { Config } from '../../settings/config.ts'
import type { Opening } from '../conversation/conversation.ts'

export interface ServerParts {
  config: Config
  blocks: Blocks
  /** Milliseconds since 1970. */
  now: () => number
  /** Plays ManyChat for every page that has no key. */
  standIn: StandIn | undefined
}

export interface SimulatedServerOptions extends Omit<ServerParts, 'standIn'> {
  /** Builds a server that is reached by `inject` alone. */
  build: (parts: ServerParts) => FastifyInstance
}

export type SimulatedServer = ReturnType<typeof createSimulatedServer>

export function createSimulatedServer({ config, blocks, now, build }: SimulatedServerOptions) {
  const { publicUrl } = config
  const [secret, apiToken] = [makeSecret(), makeSecret()]
  const { promise: opened, resolve } = Promise.withResolvers<FastifyInstance>()
  const ownConfig: Config = {
    ...config,
    webhookSecrets: [secret],
    stateKeys: [deriveKey(config.stateKeys[0])],
    apiTokens: [apiToken],
    dataDir: join(config.dataDir, 'simulator'),
    databaseUrl: undefined,
    outcomeUrl: undefined,
    metricsPort: undefined,
    docs: false,
  }
  return { open, start, stop, fetch: fetchHere, openingOf, listSends }

  /** Call once. What stands in for ManyChat's API calls this server in turn, so it is made later. */
  function open(standIn: StandIn | undefined): void {
    // The server that listens stops the blocks.
    resolve(build({ config: ownConfig, blocks: { ...blocks, stop: () => {} }, now, standIn }))
  }

  async function start(): Promise<void> {
    await (await opened).ready()
  }

  async function stop(): Promise<void> {
    await (await opened).close()
  }

  /** How a Dynamic Block calls this block. */
  function openingOf(block: string): Opening {
    return { url: `${publicUrl}/blocks/${block}`, headers: { authorization: `Bearer ${secret}` } }
  }

  /** A `fetch` that brings what is meant for PUBLIC_URL here. */
  async function fetchHere(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const url = String(input)
    if (!url.startsWith(`${publicUrl}/`)) return fetch(input, init)
    const { statusCode, headers, body } = await (await opened).inject({
      method: 'POST',
      url: url.slice(publicUrl.length),
      headers: Object.fromEntries(new Headers(init.headers)),
      payload: String(init.body),
      ...(init.signal && { signal: init.signal }),
    })
    const named = Object.entries(headers).map(([name, value]) => [name, String(value)])
    return new Response(body, { status: statusCode, headers: Object.fromEntries(named) })
  }

  /** The latest sends to a contact. */
  async function listSends(contact: string): Promise<SendView[]> {
    const url = `/sends?addressee=${encodeURIComponent(contact)}&limit=20`
    const response = await (await opened).inject({ url, headers: { authorization: `Bearer ${apiToken}` } })
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`)
    // Ids are bare numbers here, small enough for JSON.parse.
    return (response.json() as SendList).sends
  }
}

function makeSecret(): string {
  return randomBytes(32).toString('hex')
}

/** The same after a restart, so that the buttons of a conversation keep working; the other key can't be found from it. */
function deriveKey(stateKey: string): string {
  return Buffer.from(hkdfSync('sha256', stateKey, '', 'dynablock simulator', 32)).toString('hex')
}
