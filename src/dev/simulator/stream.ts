/** Server-Sent Events: each client receives the state when it connects and after each change. */
import type { FastifyInstance, FastifyReply } from 'fastify'

export interface Source {
  state(): unknown
  watch(watcher: () => void): () => void
}

/** Ends open streams before the server closes, which would otherwise wait for them. */
export function createStreams(app: FastifyInstance) {
  const open = new Set<() => void>()
  app.addHook('preClose', async () => {
    for (const end of open) end()
  })
  return { stream }

  function stream(reply: FastifyReply, { state, watch }: Source): void {
    reply.hijack()
    const { raw } = reply
    // A stream may be idle for longer than the server's socket timeout.
    raw.setTimeout(0)
    const headers = reply.getHeaders() as Record<string, string>
    raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const write = () => raw.write(`data: ${JSON.stringify(state())}\n\n`)
    const unwatch = watch(write)
    const end = () => void raw.end()
    open.add(end)
    raw.on('close', () => {
      unwatch()
      open.delete(end)
    })
    write()
  }
}
