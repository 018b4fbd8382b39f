/** A platform on a socket that records each delivery and its time. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Owner } from '../store/stores.ts'

export interface Delivery {
  page: string
  /** The part of the sender's key after the page. */
  key: string
  contact: string
  text: string
  /** The unparsed body. */
  body: string
  /** When it had fully arrived, in milliseconds of a monotonic clock. */
  at: number
  /** When the last byte of the answer was sent; null before. */
  endedAt: number | null
}

/** Answers a delivery, or leaves it unanswered. */
export type Respond = (delivery: Delivery, response: ServerResponse) => void | Promise<void>

export async function startRecordingPlatform(owner: Owner, respond: Respond = accept) {
  const deliveries: Delivery[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch {
      // The sender died before the request was complete.
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
