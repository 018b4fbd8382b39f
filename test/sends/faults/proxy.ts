/** A proxy to PostgreSQL whose connections the test can break or stall. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { databaseUrl, type Owner } from '../../store/stores.ts'

export type Proxy = Awaited<ReturnType<typeof startProxy>>

export async function startProxy(owner: Owner) {
  const { hostname, port } = new URL(databaseUrl)
  const pairs = new Set<[Socket, Socket]>()
  let isCut = false
  let isStalled = false
  let commitsToCut = 0
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
      from.on('data', bytes => {
        if (from === far && commitsToCut > 0 && bytes.includes('COMMIT\0')) {
          commitsToCut--
          return void from.destroy()
        }
        to.write(bytes)
      })
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
  return { url: url.href, cut, cutCommits, stall, replace, restore }

  /** Breaks every connection, and each new one. */
  function cut(): void {
    isCut = true
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }

  /** Breaks the next `count` connections that answer a commit: it is done, but the client never learns of it. */
  function cutCommits(count: number): void {
    commitsToCut = count
  }

  /** Keeps connections open, but forwards nothing. */
  function stall(): void {
    isStalled = true
    for (const pair of pairs) for (const socket of pair) socket.pause()
  }

  /** New connections work while stalled ones stay stalled, as when another machine takes over an address. */
  function replace(): void {
    isStalled = false
  }

  function restore(): void {
    isCut = false
    isStalled = false
    for (const pair of pairs) for (const socket of pair) socket.resume()
  }
}
