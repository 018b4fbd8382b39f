import { createV1 } from './v1.ts'
import { createV2 } from './v2.ts'

/**
 * Clients of Chatfuel's Broadcasting API: `v1({ botId, token }).sendBlock(…)` sends a block or sets attributes,
 * `v2({ baseUrl, botId, token }).send(…)` speaks the second version, which compatible services offer.
 *
 * @example
 * const token = process.env.CHATFUEL_TOKEN ?? ''
 * const bot = createChatfuel.v1({ botId: '5f0c1d2e3b4a5968778695a4', token })
 * await bot.sendBlock({ user_id: '1234567890123456', block_name: 'Delivered', attributes: { order: 7 } })
 */
export const createChatfuel = { v1: createV1, v2: createV2 } as const
