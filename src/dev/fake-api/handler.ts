import type { Static, TSchema } from '@sinclair/typebox'
import type { Account } from './account.ts'
import type { Params } from './params.ts'
import type { Subscribers } from './subscribers.ts'
import type { Answers } from './swagger.ts'

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
export type Handler<Data = unknown> = (params: Params, context: HandlerContext) => Data

/** A handler for each operation of a group, with the answers that the Swagger shows. */
export type Handlers<Group extends keyof Answers> = {
  readonly [Name in keyof Answers[Group]]: Answers[Group][Name] extends TSchema
    ? HandlerOf<Static<Answers[Group][Name]>>
    : never
}

type HandlerOf<Data> = undefined extends Data ? Handler : Handler<Data>
