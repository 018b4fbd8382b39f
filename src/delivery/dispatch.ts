import type { Bots } from '../chatfuel/bots.ts'
import { createError } from '../errors/errors.ts'
import type { Pages } from '../manychat/pages.ts'
import { type Params, sendOperations } from './operations.ts'

export interface DispatchOptions {
  /** Its clients wait at most `maxSlotWaitMs` for their turn. */
  pages: Pick<Pages, 'clientFor'>
  bots: Pick<Bots, 'v1For' | 'v2For'>
}

/** A lease is not for waiting: what can't go within a second is given back. */
export const maxSlotWaitMs = 1000

export type Dispatch = ReturnType<typeof createDispatch>

type Call = (params: Params, options: { signal: AbortSignal }) => Promise<unknown>
type Clients = Record<string, Record<string, Call>>

/** Makes the function that calls an operation by its name, at the client of the page or bot. */
export function createDispatch({ pages, bots }: DispatchOptions) {
  return async (operation: string, page: string | null, params: Params, signal: AbortSignal): Promise<void> => {
    await find(operation, page)(params, { signal })
  }

  /** @throws DynablockError when there is no key for the page, or no such operation in this version */
  function find(operation: string, page: string | null): Call {
    const [group = '', name = ''] = operation.split('.')
    if (!sendOperations.has(operation)) throw createError('DYN_SEND_OPERATION', { hint: '' })
    if (name === 'sendBlock') return bots.v1For(page).sendBlock as unknown as Call
    if (group === 'chatfuel') return bots.v2For(page).send as unknown as Call
    return (pages.clientFor(page) as unknown as Clients)[group]?.[name] as Call
  }
}

/** For `DRY_RUN=on`, in place of `fetch`: everything but the outbound call. */
export async function dryFetch(): Promise<Response> {
  return Response.json({ status: 'success', success: true, data: { id: '0' } })
}
