/** Late replies that the store may hold, though their contacts saw the fallback: they are withdrawn. */

import type { Outage, WorkerLog } from '../delivery/outage.ts'
import type { NewRun, Queue } from '../queue/job.ts'

export interface WithdrawalsOptions {
  queue(): Pick<Queue, 'withdraw'>
  persist: Outage['persist']
  log: Pick<WorkerLog, 'info' | 'error'>
  /** How many wait for the store at most; default 10,000, some 3 MB. */
  limit?: number
}

export type Withdrawals = ReturnType<typeof createWithdrawals>

/** Withdraws one after the other, for as long as the store is away and this process lives. */
export function createWithdrawals({ queue, persist, log, limit = 10_000 }: WithdrawalsOptions) {
  const pending: Omit<NewRun, 'call'>[] = []
  let working: Promise<void> | undefined
  let dropped = 0
  return { add, settled }

  /** The oldest gives way: what could still come of it has most likely come. */
  function add({ block, page, addressee, idempotencyKey }: Omit<NewRun, 'call'>): void {
    if (pending.length === limit) {
      pending.shift()
      if (dropped++ === 0) log.error({ limit }, 'too many late replies to withdraw: some may be delivered all the same')
    }
    pending.push({ block, page, addressee, idempotencyKey })
    working ??= work()
  }

  /** Resolves once nothing is left to withdraw. */
  async function settled(): Promise<void> {
    await working
  }

  async function work(): Promise<void> {
    let count = 0
    for (let run = pending.shift(); run; run = pending.shift()) {
      const late = run
      if (
        await persist(() =>
          queue()
            .withdraw(late)
            .then(() => true),
        )
      )
        count++
    }
    working = undefined
    dropped = 0
    log.info({ count }, 'withdrew late replies whose contacts had already seen the fallback')
  }
}
