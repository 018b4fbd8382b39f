/** A queue that keeps the contract in memory, with faults to switch on. */
import { createError } from '../../src/errors.ts'
import type { ClaimOptions, LateReply, Lease, ListOptions, NewSend, Queue, Send } from '../../src/sends/send.ts'

interface Row extends Send {
  fence: number
  leaseUntil: number
}

export type MemoryQueue = ReturnType<typeof createMemoryQueue>

export function createMemoryQueue(now: () => number) {
  const rows: Row[] = []
  const listeners = new Set<() => void>()
  const calls: string[] = []
  const fault = { isAway: false }
  const queue: Queue = {
    add: sends => ask('add', () => addAll(sends)),
    addRunning: (send, _worker, leaseMs) => ask('addRunning', () => lease(addOne(send).send as Row, leaseMs)),
    withdraw: send => ask('withdraw', () => withdraw(send)),
    claim: options => ask('claim', () => claim(options)),
    extend: (held, leaseMs) => ask('extend', () => change(held, { leaseUntil: now() + leaseMs })),
    setParams: (held, params) => ask('setParams', () => change(held, { params })),
    finish: held => ask('finish', () => change(held, { state: 'done' })),
    retryAt: (held, notBefore, lastError, counts) =>
      ask('retryAt', () => change(held, { state: 'waiting', notBefore, lastError, ...(!counts && uncounted(held)) })),
    bury: (held, lastError) => ask('bury', () => change(held, { state: 'dead', lastError })),
    release: held => ask('release', () => change(held, { state: 'waiting', ...uncounted(held) })),
    get: id => ask('get', () => copy(rows.find(row => row.id === id))),
    list: options => ask('list', () => list(options)),
    retry: id => ask('retry', () => move(id, 'dead', { state: 'waiting', attempts: 0, notBefore: now() })),
    cancel: id => ask('cancel', () => move(id, 'waiting', { state: 'cancelled' })),
    nextDueAt: () => ask('nextDueAt', nextDueAt),
    sweep: () => ask('sweep', () => 0),
    stats: () => ask('stats', () => ({ byState: [], oldestWaitingSeconds: 0 })),
    onAdded: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return { ...queue, rows, calls, fault, steal }

  async function ask<T>(name: string, answer: () => T): Promise<T> {
    calls.push(name)
    if (fault.isAway) throw createError('DYN_STORE_FAILED', { store: 'memory', got: 'nothing' })
    return answer()
  }

  function addAll(sends: NewSend[]) {
    for (const send of sends) known(send)
    const added = sends.map(addOne).map(({ send, existed }) => ({ send: copy(send) as Send, existed }))
    for (const listener of listeners) listener()
    return added
  }

  function known({ idempotencyKey = null, operation, params }: NewSend): Row | undefined {
    const found = rows.find(row => idempotencyKey !== null && row.idempotencyKey === idempotencyKey)
    const isSame = JSON.stringify([found?.operation, found?.params]) === JSON.stringify([operation, params])
    if (found && !isSame) throw createError('DYN_IDEMPOTENCY_CONFLICT')
    return found
  }

  function addOne(send: NewSend): { send: Send; existed: boolean } {
    const found = known(send)
    if (found) return { send: found, existed: true }
    const row: Row = {
      call: null,
      onUnknown: 'retry',
      idempotencyKey: null,
      ...send,
      id: String(rows.length + 1),
      state: 'waiting',
      notBefore: send.notBefore ?? now(),
      attempts: 0,
      lastError: null,
      createdAt: now(),
      updatedAt: now(),
      fence: 0,
      leaseUntil: 0,
    }
    rows.push(row)
    return { send: row, existed: false }
  }

  function claim({ limit, leaseMs, skip = [] }: ClaimOptions): Lease[] {
    const over = rows.filter(row => row.state === 'running' && row.leaseUntil <= now()).slice(0, limit)
    const leases = over.map(row => ({ ...lease(row, leaseMs), takenOver: true }))
    for (const row of rows) {
      const isSkipped = skip.some(({ page, operation }) => page === row.page && operation === row.operation)
      if (leases.length < limit && !isSkipped && canGo(row) && row.notBefore <= now()) {
        leases.push({ ...lease(row, leaseMs), takenOver: false })
      }
    }
    return leases
  }

  function canGo(row: Row): boolean {
    const holds = ({ id, page, addressee, state }: Row) =>
      page === row.page &&
      addressee !== null &&
      addressee === row.addressee &&
      (state === 'running' || (state === 'waiting' && Number(id) < Number(row.id)))
    return row.state === 'waiting' && !rows.some(other => other !== row && holds(other))
  }

  function lease(row: Row, leaseMs: number): Lease {
    Object.assign(row, {
      state: 'running',
      attempts: row.attempts + 1,
      fence: row.fence + 1,
      leaseUntil: now() + leaseMs,
    })
    return copy(row) as Lease
  }

  function change({ id, fence }: Lease, changes: Partial<Row>): boolean {
    const row = rows.find(row => row.id === id)
    if (row?.state !== 'running' || row.fence !== fence) return false
    Object.assign(row, changes, { updatedAt: now() })
    return true
  }

  function withdraw(send: LateReply): void {
    const { state, params, id } = addOne(send).send
    const row = rows.find(row => row.id === id)
    if (row && (state === 'waiting' || (state === 'running' && params === null))) row.state = 'cancelled'
  }

  /** Another worker takes what is running. */
  function steal(id: string): void {
    const row = rows.find(row => row.id === id)
    if (row) row.fence++
  }

  function uncounted({ attempts }: Lease): Partial<Row> {
    return { attempts: attempts - 1 }
  }

  function move(id: string, from: Send['state'], changes: Partial<Row>): Send | null | false {
    const row = rows.find(row => row.id === id)
    if (!row) return null
    if (row.state !== from) return false
    return copy(Object.assign(row, changes))
  }

  function list({ state, page, addressee, before, limit = 50 }: ListOptions): Send[] {
    return rows
      .toReversed()
      .filter(row => state === undefined || row.state === state)
      .filter(row => page === undefined || row.page === page)
      .filter(row => addressee === undefined || row.addressee === addressee)
      .filter(row => before === undefined || Number(row.id) < Number(before))
      .slice(0, limit)
      .map(row => copy(row) as Send)
  }

  function nextDueAt(): number | null {
    const times = rows.flatMap(row =>
      row.state === 'running' ? row.leaseUntil : canGo(row) ? Math.max(row.notBefore, now()) : [],
    )
    return times.length === 0 ? null : Math.min(...times)
  }
}

function copy(row: Send | undefined): Send | null {
  return row === undefined ? null : structuredClone(row)
}
