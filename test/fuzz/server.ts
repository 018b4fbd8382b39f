/** A real server process with production settings, and a client that notices when it hangs. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const secret = 'fuzz-webhook-secret-0123456789abcdef'
export const token = 'fuzz-api-token-0123456789abcdefghij'
export const stateKey = 'fuzz-state-key-0123456789abcdefghij'
const answerWithinMs = 20_000

export interface Answer {
  status: number
  type: string
  text: string
}

export interface Running {
  /** Posts bytes to a path as `application/json`, with a bearer token. */
  post(path: string, body: Buffer | string, bearer?: string): Promise<Answer>
  /** Ends the process; returns its exit code and output. */
  stop(): Promise<{ code: number | null; output: string }>
}

export async function startServer(): Promise<Running> {
  const port = await freePort()
  const manychat = await startManyChat()
  const cwd = mkdtempSync(join(tmpdir(), 'dynablock-fuzz-'))
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../src/server.ts', import.meta.url))], {
    cwd,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: 'https://fuzz.example',
      WEBHOOK_SECRETS: secret,
      STATE_KEYS: stateKey,
      API_TOKENS: token,
      MANYCHAT_API_URL: manychat.url,
      // No mutated send may leave this machine.
      DRY_RUN: 'on',
      MANYCHAT_API_KEYS: '10203040506070809:fuzz',
      BLOCKS_DIR: fileURLToPath(new URL('blocks', import.meta.url)),
      LOG_LEVEL: 'fatal',
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (output += text))
  const exit = once(child, 'close')
  const agent = new Agent({ keepAlive: true })
  while (!(await post('/blocks/echo', '{"id":1}', secret).catch(() => null))) {
    if (child.exitCode !== null) throw new Error(`the server did not start: ${output}`)
    await new Promise(done => setTimeout(done, 50))
  }
  return { post, stop }

  function post(path: string, body: Buffer | string, bearer?: string): Promise<Answer> {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(bearer && { authorization: `Bearer ${bearer}` }),
    }
    return new Promise((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent }, async response => {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk)
        const { statusCode: status = 0, headers } = response
        resolve({ status, type: headers['content-type'] ?? '', text: Buffer.concat(chunks).toString() })
      })
      call.setTimeout(answerWithinMs, () => call.destroy(new Error(`no answer within ${answerWithinMs} ms`)))
      call.on('error', reject).end(body)
    })
  }

  async function stop() {
    agent.destroy()
    child.kill('SIGTERM')
    const [code] = await exit
    manychat.stop()
    rmSync(cwd, { recursive: true, force: true })
    return { code: code as number | null, output }
  }
}

/** Accepts no key, so that every app install is refused. */
async function startManyChat() {
  const server = createServer((_request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' })
    response.end('{"status":"error","message":"Wrong access token"}')
  })
  return {
    url: `http://127.0.0.1:${await listen(server)}`,
    stop: () => server.close(() => undefined).closeAllConnections(),
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  server.close()
  await once(server, 'close')
  return port
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
