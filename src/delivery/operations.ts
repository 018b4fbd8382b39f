import { chatfuelRps, findBlockMismatch } from '../chatfuel/v1.ts'
import { findSendMismatch, identifiers } from '../chatfuel/v2.ts'
import { findMismatch, type Mismatch } from '../json/mismatch.ts'
import { type Operation, operations } from '../manychat/operations.ts'
import type { PrepareOptions } from '../manychat/prepare.ts'

export type Params = Record<string, unknown>

/** What a send of that operation needs to be accepted, ordered and paced. */
export interface SendOperation {
  service: 'manychat' | 'chatfuel'
  /** Calls a second for each page or bot. */
  rps: number
  /** What is wrong with the parameters, as the client would say it; undefined when nothing is. */
  findProblem(params: Params, options: PrepareOptions): Mismatch | undefined
  /** Who gets it; null when it is for nobody in particular. */
  addresseeOf(params: Params): string | null
}

/** Every operation that a send may name: all that sends or changes something for one contact. */
export const sendOperations: ReadonlyMap<string, SendOperation> = new Map([
  ...listWriting('sending', operations.sending),
  ...listWriting('subscriber', operations.subscriber),
  [
    'chatfuel.sendBlock',
    {
      service: 'chatfuel',
      rps: chatfuelRps,
      findProblem: findBlockMismatch,
      addresseeOf: ({ user_id }) => String(user_id),
    },
  ],
  [
    'chatfuel.send',
    {
      service: 'chatfuel',
      rps: chatfuelRps,
      findProblem: findSendMismatch,
      addresseeOf: params => String(identifiers.map(name => params[name]).find(value => value !== undefined)),
    },
  ],
])

function listWriting(group: string, table: Readonly<Record<string, Operation>>): [string, SendOperation][] {
  return Object.entries(table)
    .filter(([, { writes }]) => writes)
    .map(([name, operation]) => [`${group}.${name}`, describe(operation)])
}

function describe({ params: schema, prepare, rps }: Operation): SendOperation {
  return {
    service: 'manychat',
    rps: rps ?? 10,
    findProblem(params, options) {
      const mismatch = findMismatch(schema, params)
      if (mismatch || !prepare) return mismatch
      const prepared = prepare(params, options)
      return 'params' in prepared ? undefined : prepared
    },
    addresseeOf({ subscriber_id, user_ref }) {
      if (subscriber_id !== undefined) return String(subscriber_id)
      // The same digits may be the id of somebody else.
      return user_ref === undefined ? null : `user_ref:${user_ref}`
    },
  }
}
