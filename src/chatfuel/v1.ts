import { findMismatch, type Mismatch } from '../json/mismatch.ts'
import { type CallOptions, createExchange, type OutboundCall, type OutboundOptions } from '../outbound/exchange.ts'
import { checkAddress, checkKey } from '../outbound/options.ts'
import { createOutboundError } from '../outbound/outbound-error.ts'
import { BlockParams } from './params.ts'
import { readVerdict } from './verdict.ts'

export interface ChatfuelV1Options extends OutboundOptions {
  botId: string
  /** The token from the Configure tab. It is sent in the URL: make sure that no proxy in between logs it. */
  token: string
  /** Default `https://api.chatfuel.com`. */
  baseUrl?: string | undefined
  /**
   * Which parameter names to send: `current` are those that Chatfuel accepts today (`chatfuel_token`,
   * `chatfuel_block_name`, `chatfuel_flow_name`, …), `original` those of its document (`bot_token`, `block_name`, …). Default `current`.
   */
  names?: keyof typeof parameterNames | undefined
}

/** Calls per second for each bot. Source: Chatfuel's Broadcasting API document, version 1. */
export const chatfuelRps = 25

const parameterNames = {
  current: {
    token: 'chatfuel_token',
    block_name: 'chatfuel_block_name',
    block_id: 'chatfuel_block_id',
    flow_name: 'chatfuel_flow_name',
    messaging_tag: 'chatfuel_message_tag',
  },
  original: { token: 'bot_token', block_name: 'block_name', block_id: 'block_id', messaging_tag: 'messaging_tag' },
} as const

const targets = ['block_name', 'block_id', 'flow_name'] as const
const takenNames: ReadonlySet<string> = new Set(Object.values(parameterNames.original))

/**
 * A client of version 1: sends one of the bot's blocks or flows to a user, or sets attributes.
 *
 * @throws DynablockError `DYN_CLIENT_OPTIONS`; `sendBlock` throws `ChatfuelError`: see docs/chatfuel.md
 */
export function createV1({ botId, token, baseUrl = 'https://api.chatfuel.com', names, ...options }: ChatfuelV1Options) {
  const secret = checkKey(token)
  const address = `${checkAddress(baseUrl)}/bots/${encodeURIComponent(botId)}`
  const named: Partial<Record<string, string>> & { token: string } = parameterNames[names ?? 'current']
  const exchange = createExchange(options)
  const rates = [{ name: `chatfuel/${botId}`, perSecond: chatfuelRps }]
  return Object.freeze({ sendBlock })

  /** Takes `block_name`, `block_id` or `flow_name`, or `attributes` alone to set them. Resolves to the `result`, if there is one. */
  async function sendBlock(params: BlockParams, { signal }: CallOptions = {}): Promise<string | undefined> {
    const mismatch = findBlockMismatch(params) ?? findUnnamed(params)
    if (mismatch) throw paramsError(mismatch)
    const { user_id, attributes, ...rest } = params
    const query = [[named.token, secret], ...nameRest(rest), ...Object.entries(attributes ?? {})]
      .map(pair => pair.map(part => encodeURIComponent(String(part))).join('='))
      .join('&')
    const call: OutboundCall = {
      service: 'chatfuel',
      operation: 'chatfuel.sendBlock',
      page: botId,
      writes: true,
      method: 'POST',
      url: `${address}/users/${encodeURIComponent(String(user_id))}/send?${query}`,
      headers: { 'content-type': 'application/json' },
      rates,
      secrets: [secret],
      params,
      signal,
    }
    return exchange(call, readVerdict).then(({ result }) => (typeof result === 'string' ? result : undefined))
  }

  function nameRest(rest: Omit<BlockParams, 'user_id' | 'attributes'>): [string, string][] {
    return Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [[named[name] ?? name, value]]))
  }

  function findUnnamed({ flow_name }: BlockParams): Mismatch | undefined {
    if (flow_name === undefined || named.flow_name !== undefined) return undefined
    return { expected: 'block_name or block_id, as the original names have none for a flow', got: 'flow_name' }
  }

  function paramsError(mismatch: Mismatch) {
    const around = { service: 'chatfuel', operation: 'chatfuel.sendBlock', page: botId, carriedOut: 'no' } as const
    return createOutboundError('DYN_CALL_PARAMS', around, { ...mismatch })
  }
}

/** What is wrong with the parameters of `sendBlock`, or undefined. */
export function findBlockMismatch(params: object): Mismatch | undefined {
  return findMismatch(BlockParams, params) ?? findConflict(params as BlockParams)
}

function findConflict({ attributes = {}, ...params }: BlockParams): Mismatch | undefined {
  const given = targets.filter(name => params[name] !== undefined)
  if (given.length > 1) return { expected: `one of ${targets.join(', ')}`, got: given.join(' and ') }
  const names = Object.keys(attributes)
  if (given.length + names.length === 0) {
    return { expected: `${targets.join(', ')} or attributes`, got: 'none of them' }
  }
  const reserved = names.find(name => name.startsWith('chatfuel_') || takenNames.has(name))
  if (reserved === undefined) return undefined
  const expected = `attributes not named chatfuel_… or ${[...takenNames].join(', ')}, which are Chatfuel's own`
  return { expected, got: `"${reserved.slice(0, 40)}"` }
}
