/** Plays a platform on a real socket: gives the answers that a test sets, and keeps every request. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface Heard {
  method: string
  /** Path and query, unparsed. */
  path: string
  headers: IncomingHttpHeaders
  /** The unparsed body. */
  body: string
}

export interface Answer {
  /** Default 200. */
  status?: number
  headers?: Record<string, string>
  /** Sent unchanged. */
  body?: string
  /** `reset`: breaks the connection; `silent`: never answers; `torn`: breaks the connection within the body. */
  fault?: 'reset' | 'silent' | 'torn'
}

export async function startFakePlatform(t: Test) {
  const heard: Heard[] = []
  const answers: Answer[] = []
  const byPath = new Map<string, Answer>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url: path = '', headers } = request
    heard.push({ method, path, headers, body: Buffer.concat(chunks).toString() })
    give(response, answers.shift() ?? byPath.get(path) ?? { body: '{"status":"success"}' })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    heard,
    answerWith: (...next: Answer[]) => answers.push(...next),
    /** Sets the answer for a path, used when no answer is queued. */
    answerAt: (path: string, answer: Answer) => byPath.set(path, answer),
  }
}

function give(response: ServerResponse, { status = 200, headers, body = '', fault }: Answer): void {
  if (fault === 'silent') return
  if (fault === 'reset') return void response.destroy()
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  if (fault !== 'torn') return void response.end(body)
  response.write(body)
  setImmediate(() => response.destroy())
}
