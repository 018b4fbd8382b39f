import type { Account } from './account.ts'
import type { Subscribers } from './subscribers.ts'

export interface HandlerContext {
  /** The page that the key belongs to. */
  page: string
  account: Account
  subscribers: Subscribers
  /** Treats the 24-hour window as closed, whatever the clock says. */
  isWindowClosed: boolean
}

/**
 * Carries out an operation with valid parameters, and returns the `data` of its answer.
 *
 * @throws Refusal
 */
export type Handler = (params: Record<string, unknown>, context: HandlerContext) => unknown
