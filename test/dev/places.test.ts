/** Each place in which people develop still has its simulator: containers, forwarded ports, and a tunnel beside it. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { readDoc } from '../docs.ts'
import { ana, folderOf, freePort } from '../helper.ts'
import { httpRequest } from '../http-request.ts'
import { otherAddress } from '../other-address.ts'
import { startProgram } from '../run-server.ts'

const button = `import { defineBlock, text } from 'dynablock'
export default defineBlock({ open: ({ tap }) => text('Hi', [tap('Go on', 'next')]), steps: { next: () => 'Well done' } })
`
const npmStart = ['start.js', '--development']

// Each case starts a process.
t.setTimeout(180_000)

/** Starts development; `token` is that of the printed address, `secret` that of the printed curl line. */
async function develop(t: Test, env: Record<string, string>, args = npmStart) {
  const port = await freePort()
  const { printed, output } = startProgram(
    t,
    folderOf(t, { 'blocks/hi.ts': button }),
    { PORT: String(port), ...env },
    args,
  )
  await printed(/ -d '.*'\n/)
  const [, token = ''] = /simulator\?token=(\w+)/.exec(output()) ?? []
  const [, secret = ''] = /Authorization: Bearer (\w+)/.exec(output()) ?? []
  return { port, token, secret, output }
}

interface Way {
  host: string
  port: number
  token: string
  /** The port in the address that the browser shows. */
  shown: number
}

/** Opens the simulator as a browser does: by the printed address, then with the cookie, through `localhost`. */
async function openSimulator(t: Test, { host, port, token, shown }: Way) {
  const ask = (path: string, cookie?: string) =>
    httpRequest({ host, port, path, headers: { host: `localhost:${shown}`, ...(cookie && { cookie }) } })
  t.match(await ask('/simulator/setup'), { status: 401 }, 'without the token')
  t.match(await ask(`/simulator?token=${token}`), { status: 200, body: /Simulator/ })
  t.match(await ask('/simulator/setup', `dynablock-${shown}=${token}`), { status: 200, body: /"hi"/ })
}

t.test('Docker: the printed address works through the port of a container', async t => {
  const [, options = ''] = /^docker run (.*)$/m.exec(readDoc('simulator.md')) ?? []
  t.match(options, '-p 127.0.0.1:3000:3000', 'which is bound to this machine')
  const [, HOST = ''] = /-e HOST=(\S+)/.exec(options) ?? []
  const { port, token } = await develop(t, { HOST })
  await openSimulator(t, { host: otherAddress, port, token, shown: 3000 })
})

t.test('Compose: so does that of docker-compose.dev.yml', async t => {
  const { services } = parse(readFileSync('docker-compose.dev.yml', 'utf8'))
  const { environment, ports, command } = services.dynablock
  t.same(ports, ['127.0.0.1:3000:3000'], 'which is bound to this machine')
  t.match(command, 'exec npm start')
  const { port, token } = await develop(t, environment)
  await openSimulator(t, { host: otherAddress, port, token, shown: 3000 })
})

t.test('Codespaces and ssh -L: so does a port that is forwarded to this machine', async t => {
  const { port, token } = await develop(t, {})
  const forwarder = createTcpServer(incoming => {
    const outgoing = connect(port, '127.0.0.1')
    incoming.pipe(outgoing).pipe(incoming)
    for (const socket of [incoming, outgoing]) socket.on('error', () => [incoming, outgoing].map(one => one.destroy()))
  }).listen(0, '127.0.0.1')
  t.teardown(() => forwarder.close())
  await once(forwarder, 'listening')
  const { port: forwarded } = forwarder.address() as AddressInfo
  await openSimulator(t, { host: '127.0.0.1', port: forwarded, token, shown: forwarded })
})

t.test('a tunnel on the same machine leads ManyChat to the blocks, and the simulator stays at localhost', async t => {
  const url = 'https://blue-moon.example'
  const { port, token, secret, output } = await develop(t, {}, ['src/cli/bin.ts', 'live', '--url', url])
  t.match(output(), `POST ${url}/blocks/hi`)
  const tunnel = await startTunnel(t, port)
  const through = (method: string, path: string, body: string, headers = {}) =>
    httpRequest(
      { host: '127.0.0.1', port: tunnel, method, path, headers: { host: 'blue-moon.example', ...headers } },
      body,
    )
  const json = { 'content-type': 'application/json' }
  const opened = await through('POST', '/blocks/hi', ana, { ...json, authorization: `Bearer ${secret}` })
  t.equal(opened.status, 200)
  const [{ buttons }] = JSON.parse(opened.body).content.messages
  t.equal(buttons[0].url, `${url}/blocks/hi/next`)
  t.match(await through('POST', '/blocks/hi/next', JSON.stringify(buttons[0].payload), json), {
    status: 200,
    body: /Well done/,
  })
  const cookie = { cookie: `dynablock-80=${token}` }
  t.match(await through('GET', '/simulator/setup', '', cookie), { status: 403, body: /DYN_SIMULATOR_HOST/ })
  await openSimulator(t, { host: '127.0.0.1', port, token, shown: port })
})

/** Passes requests on as ngrok and cloudflared do, saying for whom. */
async function startTunnel(t: Test, port: number): Promise<number> {
  const tunnel = createServer((incoming, reply) => {
    const { method, url: path } = incoming
    const headers = { ...incoming.headers, 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' }
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, answer => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(reply)
    })
    incoming.pipe(outgoing)
  }).listen(0, '127.0.0.1')
  t.teardown(() => tunnel.close())
  await once(tunnel, 'listening')
  return (tunnel.address() as AddressInfo).port
}
