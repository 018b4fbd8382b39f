/** Keeps the number of open connections within a limit, without shutting out who has a right to call. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Log } from '../log.ts'

export interface ConnectionLimitOptions {
  /** How many may be open at once. */
  count: number
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Log, 'warn'>
  watch: ConnectionWatch
}

/** Counts connections that were closed because there were too many. */
export interface ConnectionWatch {
  disconnected(which: Disconnected): void
}

/** A connection without an authentic request so far; one that had some, and none under way; the one that came last. */
export type Disconnected = 'unproven' | 'idle' | 'new'

/** How often it is logged, and how often all connections are looked through for idle ones. */
const everyMs = 5000

/**
 * When there are too many, the connection that has been open longest without an authentic request is closed: a call of
 * ManyChat's proves itself within milliseconds. When all have carried one, those that are idle are closed; when none is,
 * the new one.
 */
export function limitConnections(server: Server, { count, now, log, watch }: ConnectionLimitOptions): void {
  const open = new Set<Socket>()
  /** In the order in which they were opened; some may have proved themselves since. */
  const unproven = new Set<Socket>()
  let logged = { at: Number.NEGATIVE_INFINITY, closed: 0 }
  let sweptAt = Number.NEGATIVE_INFINITY

  server.on('connection', socket => {
    open.add(socket)
    unproven.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      unproven.delete(socket)
    })
    if (open.size > count) makeRoom(socket)
  })

  function makeRoom(latest: Socket): void {
    for (const socket of unproven) {
      if (socket === latest) break
      unproven.delete(socket)
      if (socket.hasCarriedAuthentic) continue
      close(socket, 'unproven')
      return
    }
    if (closeIdle() === 0) close(latest, 'new')
  }

  /** Each time through all of them, so not for each connection. */
  function closeIdle(): number {
    if (now() - sweptAt < everyMs) return 0
    sweptAt = now()
    server.closeIdleConnections()
    const idle = [...open].filter(({ destroyed }) => destroyed)
    for (const socket of idle) close(socket, 'idle')
    return idle.length
  }

  function close(socket: Socket, which: Disconnected): void {
    open.delete(socket)
    socket.destroy()
    watch.disconnected(which)
    logged.closed++
    if (now() - logged.at < everyMs) return
    log.warn({ limit: count, closed: logged.closed }, 'too many connections: closed some')
    logged = { at: now(), closed: 0 }
  }
}
