/** Tells the processes on one PostgreSQL that something was added. What gets lost is found by polling. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Pool } from 'pg'

const channel = 'dynablock_sends'
/** Commits of notices wait for one another, over the whole database: a burst is told once. */
const burstMs = 50
const reconnectMs = 1000

export interface Notices {
  /** Tells the others, soon. */
  tell(): void
  /** Calls when another process told something, and when it may have. */
  listen(listener: () => void): void
  close(): Promise<void>
}

export function createNotices({ pool, connect, topic }: { pool: Pool; connect: () => Client; topic: string }): Notices {
  const self = `${topic}/${randomUUID()}`
  const closing = new AbortController()
  let heard: (() => void) | undefined
  let telling: Promise<void> | undefined
  let toTell = false
  let listening: Promise<void> | undefined
  return { tell, listen, close }

  function tell(): void {
    toTell = true
    telling ??= tellAll().finally(() => {
      telling = undefined
    })
  }

  async function tellAll(): Promise<void> {
    while (toTell && !closing.signal.aborted) {
      toTell = false
      await pool.query('select pg_notify($1, $2)', [channel, self]).catch(() => undefined)
      await pause(burstMs)
    }
  }

  function listen(listener: () => void): void {
    heard = listener
    listening ??= keepListening()
  }

  async function keepListening(): Promise<void> {
    while (!closing.signal.aborted) {
      await listenOnce().catch(() => undefined)
      await pause(reconnectMs)
    }
  }

  /** Resolves when the connection ends. */
  async function listenOnce(): Promise<void> {
    const client = connect()
    const ended = new Promise<void>(resolve => client.once('end', resolve))
    const { promise: closed, reject } = Promise.withResolvers<never>()
    closed.catch(() => undefined)
    const end = () => void client.end().catch(() => undefined)
    const stop = () => {
      end()
      reject(closing.signal.reason)
    }
    // The end follows; without a listener the error would end the process.
    client.on('error', () => undefined)
    client.on('notification', ({ payload = '' }) => {
      if (payload.startsWith(`${topic}/`) && payload !== self) heard?.()
    })
    closing.signal.addEventListener('abort', stop, { once: true })
    try {
      // A client that is ended while it connects never says so.
      await Promise.race([client.connect(), closed])
      await client.query(`listen ${channel}`)
      // Something may have been added while nobody listened.
      heard?.()
      await ended
    } finally {
      closing.signal.removeEventListener('abort', stop)
      end()
    }
  }

  async function close(): Promise<void> {
    closing.abort()
    await Promise.all([telling, listening])
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: closing.signal, ref: false }).catch(() => undefined)
  }
}
