/** Late replies that the store may hold, though their contacts were told that it failed: they are taken back. */

import type { LateReply, Queue } from './send.ts'
import type { StoreWatch, WorkerLog } from './store-watch.ts'

export interface WithdrawalsOptions {
  queue: Pick<Queue, 'withdraw'>
  persist: StoreWatch['persist']
  log: Pick<WorkerLog, 'info'>
}

export type Withdrawals = ReturnType<typeof createWithdrawals>

/** Takes back one after the other, for as long as the store is away and this process lives. */
export function createWithdrawals({ queue, persist, log }: WithdrawalsOptions) {
  const pending: LateReply[] = []
  let working: Promise<void> | undefined
  return { add, settled }

  function add(send: LateReply): void {
    pending.push(send)
    working ??= work()
  }

  /** Resolves once nothing is left to take back. */
  async function settled(): Promise<void> {
    await working
  }

  async function work(): Promise<void> {
    let count = 0
    for (let send = pending.shift(); send; send = pending.shift()) {
      const late = send
      if (await persist(() => queue.withdraw(late).then(() => true))) count++
    }
    working = undefined
    log.info({ count }, 'late replies were taken back whose contacts saw the fallback')
  }
}
