/** The bare minimum: node:http, without a framework or a schema. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { adviceFlow, greet, shopUrl } from '../wording.ts'
import { isAuthorized } from './bearer.ts'

const maxBodyBytes = 262_144

createServer((request, response) => {
  if (request.method !== 'POST' || request.url !== '/blocks/size') return refuse(response, 404)
  if (!isAuthorized(request.headers.authorization)) return refuse(response, 401)
  read(request, body => {
    if (body === null) return refuse(response, 413)
    const contact = parse(body)
    if (contact === null) return refuse(response, 400)
    send(response, 200, {
      version: 'v2',
      content: {
        messages: [
          {
            type: 'text',
            text: greet(contact.first_name),
            buttons: [
              { type: 'url', caption: 'Size chart', url: shopUrl },
              { type: 'flow', caption: 'Help me choose', target: adviceFlow },
            ],
          },
        ],
      },
    })
  })
}).listen(Number(process.env.PORT), '127.0.0.1')

/** Passes the body to `done`, or null when it is too long. */
function read(request: IncomingMessage, done: (body: string | null) => void): void {
  const chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= maxBodyBytes) chunks.push(chunk)
  })
  request.on('end', () => done(length > maxBodyBytes ? null : Buffer.concat(chunks).toString()))
}

function parse(body: string): { first_name?: string | null } | null {
  try {
    const contact = JSON.parse(body)
    return typeof contact === 'object' && contact?.id ? contact : null
  } catch {
    return null
  }
}

function send(response: ServerResponse, status: number, answer: object): void {
  const body = JSON.stringify(answer)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

function refuse(response: ServerResponse, status: number): void {
  send(response, status, { status })
}
