import { OutboundError } from '../outbound/outbound-error.ts'
import type { ManyChat } from './client.ts'

/** Nobody has this id, so whatever is asked for it shows nobody anything. */
const nobody = { subscriber_id: 0 } as const

/** What a genuine key is told by: reads that need no parameters, then calls that can reach nobody. */
const trials: readonly ((client: ManyChat) => Promise<unknown>)[] = [
  ({ page }) => page.getTags(),
  ({ page }) => page.getCustomFields(),
  ({ page }) => page.getFlows(),
  ({ page }) => page.getGrowthTools(),
  ({ page }) => page.getOtnTopics(),
  ({ page }) => page.getBotFields(),
  ({ subscriber }) => subscriber.getInfo(nobody),
  ({ subscriber }) => subscriber.findBySystemField({ email: 'nobody@example.com' }),
  ({ subscriber }) => subscriber.findByName({ name: 'nobody' }),
  ({ sending }) => sending.sendFlow({ ...nobody, flow_ns: 'none' }),
  ({ sending }) => sending.sendContent({ ...nobody, data: { version: 'v2', content: { messages: [] } } }),
]

/**
 * Asks ManyChat which page an App Key belongs to. null: its app may not ask that, though ManyChat took the key for another
 * operation.
 *
 * @throws OutboundError when ManyChat takes the key for nothing, or can't be asked
 */
export async function proveAppKey(client: ManyChat): Promise<{ id?: unknown } | null> {
  try {
    return await client.page.getInfo()
  } catch (error) {
    // A key that is wrong altogether gets the same answer as one whose app may not ask.
    if (!isOutOfScope(error) || !(await isTaken(client))) throw error
    return null
  }
}

async function isTaken(client: ManyChat): Promise<boolean> {
  for (const attempt of trials) {
    const error = await attempt(client).catch(thrown => thrown)
    if (!(error instanceof OutboundError)) return true
    // ManyChat looked at what was asked for, so it took the key.
    if (error.code === 'DYN_CALL_REFUSED') return true
    if (!isOutOfScope(error)) throw error
  }
  return false
}

function isOutOfScope(error: unknown): boolean {
  return error instanceof OutboundError && error.code === 'DYN_MANYCHAT_SCOPE'
}
