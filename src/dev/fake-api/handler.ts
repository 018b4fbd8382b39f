import type { Account } from './account.ts'
import type { Subscribers } from './subscribers.ts'

export interface HandlerContext {
  /** The page that the key is for. */
  page: string
  account: Account
  subscribers: Subscribers
  /** Whether the window of 24 hours is taken for closed, whatever the clock says. */
  isWindowClosed: boolean
}

/**
 * Carries an operation out whose parameters are right, and returns the `data` of its answer.
 *
 * @throws Refusal
 */
export type Handler = (params: Record<string, unknown>, context: HandlerContext) => unknown
