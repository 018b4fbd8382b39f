/** ManyChat's refusals: two shapes of JSON, several statuses. */

export interface ApiAnswer {
  status: number
  type: 'application/json' | 'text/html'
  body: string
}

/** Thrown to refuse a call; carries the answer to send. */
export class Refusal extends Error {
  readonly answer: ApiAnswer

  constructor(status: number, body: { status: 'error' | 'exception'; message: string; [key: string]: unknown }) {
    super(body.message)
    this.answer = { status, type: 'application/json', body: JSON.stringify(body) }
  }
}

/** Invalid parameters: one message each, and no code. */
export function invalid(...messages: string[]): Refusal {
  const details = { messages: messages.map(message => ({ message })) }
  return new Refusal(400, { status: 'error', message: 'Validation error', details })
}

export function refused(message: string, code: number): Refusal {
  return new Refusal(400, { status: 'error', message, code })
}

export const wrongKey = () => new Refusal(401, { status: 'error', message: 'Wrong access token' })
export const limited = () => new Refusal(429, { status: 'error', message: 'Too many requests' })
export const uninstalled = () => new Refusal(500, { status: 'exception', message: 'Something went wrong' })
export const unknownPath = () => new Refusal(404, { status: 'error', message: 'Not found' })
