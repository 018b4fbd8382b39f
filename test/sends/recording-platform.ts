/** A platform on a socket that keeps what it was sent, and when. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Owner } from './stores.ts'

export interface Delivery {
  page: string
  /** What stands behind the page in the key of whoever sent it. */
  key: string
  contact: string
  text: string
  /** The body, byte by byte as text. */
  body: string
  /** When all of it was there; milliseconds of a steady clock. */
  at: number
  /** When the last byte of the answer left; null while it hasn't. */
  endedAt: number | null
}

/** Answers a delivery, or leaves it without an answer. */
export type Respond = (delivery: Delivery, response: ServerResponse) => void | Promise<void>

export async function startRecordingPlatform(owner: Owner, respond: Respond = accept) {
  const deliveries: Delivery[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch {
      // Its sender died; what came of it is no request.
      return
    }
    const body = Buffer.concat(chunks).toString()
    const { subscriber_id, data } = JSON.parse(body.replace(/("subscriber_id":)(\d+)/, '$1"$2"'))
    const [, page = '', key = ''] = /^Bearer (\d+):(.*)$/.exec(request.headers.authorization ?? '') ?? []
    const delivery: Delivery = {
      page,
      key,
      contact: subscriber_id,
      text: data.content.messages[0].text,
      body,
      at: performance.now(),
      endedAt: null,
    }
    deliveries.push(delivery)
    response.once('finish', () => {
      delivery.endedAt = performance.now()
    })
    await respond(delivery, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  owner.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, deliveries }
}

export function accept(_delivery: Delivery, response: ServerResponse): void {
  answer(response, 200, '{"status":"success"}')
}

export function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body)
}
