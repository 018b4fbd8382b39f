/** A way to PostgreSQL that can be cut, and one on which nothing moves. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { databaseUrl, type Owner } from '../stores.ts'

export type Proxy = Awaited<ReturnType<typeof startProxy>>

export async function startProxy(owner: Owner) {
  const { hostname, port } = new URL(databaseUrl)
  const pairs = new Set<[Socket, Socket]>()
  let isCut = false
  let isStalled = false
  const server = createServer(near => {
    if (isCut) return void near.destroy()
    const far = connect(Number(port), hostname)
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    for (const [from, to] of [pair, pair.toReversed() as [Socket, Socket]]) {
      from.on('error', () => undefined)
      from.on('close', () => {
        to.destroy()
        pairs.delete(pair)
      })
      from.on('data', bytes => to.write(bytes))
      if (isStalled) from.pause()
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  owner.teardown(() => {
    cut()
    server.close()
  })
  const url = new URL(databaseUrl)
  url.port = String((server.address() as AddressInfo).port)
  return { url: url.href, cut, stall, mend }

  /** Every connection breaks, and each new one too. */
  function cut(): void {
    isCut = true
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }

  /** Connections stay, and nothing comes through. */
  function stall(): void {
    isStalled = true
    for (const pair of pairs) for (const socket of pair) socket.pause()
  }

  function mend(): void {
    isCut = false
    isStalled = false
    for (const pair of pairs) for (const socket of pair) socket.resume()
  }
}
