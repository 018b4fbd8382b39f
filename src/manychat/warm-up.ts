import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

const withinMs = 1000

/**
 * Node makes its HTTP client ready at the first call, which takes 20 ms, and 100 ms on a machine that starts several servers:
 * those that leave behind that call in time would arrive before it, too many in one second. So the first call goes to this
 * process itself. Never rejects.
 */
export async function warmUpFetch(): Promise<void> {
  // Here, since its import alone makes half of that ready, with the 13 MB it takes: a server without keys calls nobody.
  const { createServer } = await import('node:http')
  const server = createServer((_request, response) => response.end())
  try {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const signal = AbortSignal.timeout(withinMs)
    await (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: '{}', signal })).text()
  } catch {
    // Then the first call is late, as it is without all this.
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
