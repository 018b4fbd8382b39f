import { type RequestOptions, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface HttpAnswer {
  status: number
  body: string
}

/** A request with any `Host`, which `fetch` doesn't allow. */
export function httpRequest(options: RequestOptions, body = ''): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const call = request({ agent: false, ...options }, response => {
      text(response).then(body => resolve({ status: response.statusCode ?? 0, body }), reject)
    })
    call.on('error', reject).end(body)
  })
}
