/** Answers one question: which client serves this bot? */
import { createError } from '../errors/errors.ts'
import type { OutboundOptions } from '../outbound/exchange.ts'
import { createRateLimits } from '../outbound/limits.ts'
import { createV1 } from './v1.ts'
import { createV2 } from './v2.ts'

export interface BotsOptions
  extends Pick<OutboundOptions, 'fetch' | 'limits' | 'log' | 'onCall' | 'clock' | 'maxWaitMs' | 'beforeCall'> {
  /** CHATFUEL_BOTS: `<bot id>:<token>` for version 1, `<bot id>:<token>@<address>` for version 2. */
  entries: readonly string[]
  /** Replaces Chatfuel's own address for version 1. */
  baseUrl?: string | undefined
}

export type Bots = ReturnType<typeof createBots>

/** The clients of all bots with a token. */
export function createBots({ entries, baseUrl, ...options }: BotsOptions) {
  const shared = { ...options, limits: options.limits ?? createRateLimits() }
  const bots = entries.map(readBot)
  const v1 = new Map(
    bots.filter(bot => bot.url === undefined).map(bot => [bot.botId, createV1({ ...shared, ...bot, baseUrl })]),
  )
  const v2 = new Map(
    bots.flatMap(({ url, ...bot }) => (url ? [[bot.botId, createV2({ ...shared, ...bot, baseUrl: url })]] : [])),
  )
  return {
    v1For: (bot: string | null) => clientOf(v1, bot, 1),
    v2For: (bot: string | null) => clientOf(v2, bot, 2),
    /** The id of the bot to use: the named one, or the only one of that version. */
    resolve: (bot: string | null, version: 1 | 2) => resolve(version === 1 ? v1 : v2, bot, version),
  }

  function clientOf<C>(clients: ReadonlyMap<string, C>, named: string | null, version: 1 | 2): C {
    return clients.get(resolve(clients, named, version)) as C
  }

  /** @throws DynablockError `DYN_BOT_UNKNOWN` */
  function resolve(clients: ReadonlyMap<string, unknown>, named: string | null, version: 1 | 2): string {
    if (named !== null && clients.has(named)) return named
    const [only, ...others] = clients.keys()
    if (named === null && only !== undefined && others.length === 0) return only
    throw createError('DYN_BOT_UNKNOWN', {
      expected: `a Chatfuel bot with a token for version ${version}, or no name and exactly one such bot`,
      got: named === null ? `no name, and ${clients.size} bots` : 'another name',
    })
  }
}

/** A token contains no @; everything after the first one is the address. */
function readBot(entry: string): { botId: string; token: string; url?: string } {
  const [, botId = '', token = '', url] = /^([^:]+):([^@]+)(?:@(.+))?$/.exec(entry) ?? []
  return { botId, token, ...(url && { url }) }
}
