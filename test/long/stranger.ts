/** A stranger, in a process of its own: has no secret and no seal, and sends as much as it may. `stranger.ts <port> <attack>`. */
import { connect, type Socket } from 'node:net'

const [port, attack = ''] = process.argv.slice(2)
const head = (bytes: number, more = '') =>
  `POST /blocks/talk/next HTTP/1.1\r\nHost: b.test\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n${more}\r\n`
/** Of those that are sent at a rate. */
const bytesPerSecond = 10_000_000

const attacks: Record<string, () => void> = {
  /** Connections that never send the last byte. */
  'unfinished bodies': () => {
    const bytes = 131_072
    open(3000, socket => socket.write(head(bytes) + 'x'.repeat(bytes - 1)))
  },
  /** Chunks of a byte each, as many as fit. */
  'tiny chunks': () => {
    const chunk = '1\r\nx\r\n'.repeat(40)
    open(300, socket => {
      socket.write(head(0, 'Transfer-Encoding: chunked\r\n').replace('Content-Length: 0\r\n', ''))
      const timer = setInterval(() => socket.write(chunk), 200)
      socket.once('close', () => clearInterval(timer))
    })
  },
  'broken JSON': () => flood(`{"a":[${'"x",'.repeat(32_000)}`),
  /** Right up to its signature: the longest that can be sent. */
  'forged seals': () => {
    const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')
    const claims = Buffer.from(`{"block":"talk","a":[${'0,'.repeat(45_000)}0]}`).toString('base64url')
    flood(`{"state":"${header}.${claims}.${'A'.repeat(43)}"}`)
  },
  'idle connections': () => {
    open(10_000, socket => socket.write('GET /healthz HTTP/1.1\r\nHost: b.test\r\n\r\n'))
  },
}

/** Opens connections, a few in each millisecond. */
function open(count: number, begin: (socket: Socket) => void): void {
  for (let i = 0; i < count; i++) setTimeout(openOne, i / 5, begin)
}

function openOne(begin: (socket: Socket) => void): void {
  const socket = connect(Number(port), '127.0.0.1', () => begin(socket))
  socket.on('error', () => {})
  socket.on('data', () => {})
}

/** Sends this body at the rate, over 50 connections. */
function flood(body: string): void {
  const request = head(body.length) + body
  const waiting: Socket[] = []
  open(50, function begin(socket) {
    waiting.push(socket)
    socket.once('close', () => setTimeout(openOne, 100, begin))
  })
  const begunAt = performance.now()
  let sent = 0
  setInterval(() => {
    const due = ((performance.now() - begunAt) / 1000) * bytesPerSecond
    for (; sent < due; sent += request.length) {
      const socket = waiting.shift()
      if (socket === undefined) break
      waiting.push(socket)
      if (socket.writableLength < 1_000_000) socket.write(request)
    }
  }, 10)
}

attacks[attack]?.()
