/**
 * Load at a given rate. autocannon's own rate limit sends the calls of each second in one burst, which measures a server at
 * full load instead of half, and it counts only whole milliseconds.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { contactBody } from './contact.ts'
import { connections } from './load.ts'
import { headers, type Program } from './programs.ts'

interface Pace {
  callsPerSecond: number
  seconds: number
}

/**
 * Calls a program at random moments, as contacts do, whether or not it has answered the earlier calls. Returns the time of
 * each answer in milliseconds, counted from when the call was due, so that a stall delays all calls behind it.
 */
export async function measureLatencies({ name, origin }: Program, path: string, pace: Pace): Promise<number[]> {
  const { hostname, port, host } = new URL(origin)
  const request = write(path, { host, ...headers })
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(hostname, Number(port))))
  const idle = [...sockets]
  const latencies: number[] = []
  try {
    await run()
    return latencies
  } finally {
    for (const socket of sockets) socket.destroy()
  }

  function run(): Promise<void> {
    const end = performance.now() + pace.seconds * 1000
    let due = performance.now()
    let running = 0
    return new Promise((resolve, reject) => {
      for (const socket of sockets) {
        socket.once('error', reject)
        socket.once('close', () => reject(new Error(`${name} closed a connection under load`)))
      }
      tick()

      /** Runs continuously, because a timer's resolution of 1 ms is longer than an answer takes. */
      function tick(): void {
        while (due < end && due <= performance.now() && idle.length > 0) {
          exchange(idle.pop() as Socket, due)
          due += (-Math.log(1 - Math.random()) * 1000) / pace.callsPerSecond
        }
        if (due < end || running > 0) setImmediate(tick)
        else resolve()
      }

      function exchange(socket: Socket, dueAt: number): void {
        let received = ''
        running++
        socket.on('data', receive)
        socket.write(request)

        function receive(chunk: string): void {
          received += chunk
          if (!isWhole(received)) return
          latencies.push(performance.now() - dueAt)
          socket.off('data', receive)
          idle.push(socket)
          running--
          if (!received.startsWith('HTTP/1.1 200')) reject(new Error(`${name} failed a call of ${path} under load`))
        }
      }
    })
  }
}

async function open(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true }).setEncoding('latin1')
  await once(socket, 'connect')
  return socket
}

function write(path: string, fields: Record<string, string>): string {
  const head = { ...fields, 'content-length': String(Buffer.byteLength(contactBody)) }
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${contactBody}`
}

function isWhole(received: string): boolean {
  const head = received.indexOf('\r\n\r\n')
  if (head < 0) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(received)?.[1]
  return received.length >= head + 4 + Number(length)
}
