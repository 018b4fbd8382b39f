/** Server-Sent Events: whoever connects is shown how things stand, at once and at each change. */
import type { FastifyInstance, FastifyReply } from 'fastify'

export interface Source {
  state(): unknown
  watch(watcher: () => void): () => void
}

/** Streams end with the server: it would wait for them else. */
export function createStreams(app: FastifyInstance) {
  const open = new Set<() => void>()
  app.addHook('preClose', async () => {
    for (const end of open) end()
  })
  return { stream }

  function stream(reply: FastifyReply, { state, watch }: Source): void {
    reply.hijack()
    const { raw } = reply
    // It may be silent for longer than other connections are let be.
    raw.setTimeout(0)
    const headers = reply.getHeaders() as Record<string, string>
    raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const write = () => raw.write(`data: ${JSON.stringify(state())}\n\n`)
    const forget = watch(write)
    const end = () => void raw.end()
    open.add(end)
    raw.on('close', () => {
      forget()
      open.delete(end)
    })
    write()
  }
}
