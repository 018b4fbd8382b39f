/** ManyChat's refusals: two shapes of JSON, several statuses, and HTML for an unknown path. */

export interface ApiAnswer {
  status: number
  type: 'application/json' | 'text/html'
  body: string
}

/** Thrown to refuse a call; carries the answer to send. */
export class Refusal extends Error {
  readonly answer: ApiAnswer

  constructor(message: string, answer: ApiAnswer) {
    super(message)
    this.answer = answer
  }
}

/** Invalid parameters: one message each, and no code. */
export function invalid(...messages: string[]): Refusal {
  return refuse(400, 'Validation error', { details: { messages: messages.map(message => ({ message })) } })
}

export function refused(message: string, code: number): Refusal {
  return refuse(400, message, { code })
}

export const noKey = () => refuse(401, 'Token is required')
export const wrongKey = () => refuse(401, 'Wrong access token')
export const limited = () => refuse(429, 'Too many requests')
export const uninstalled = () => refuse(500, 'Something went wrong', { status: 'exception' })
export const unknownPath = () => new Refusal('Not found', { status: 404, ...html('404 Not Found') })

/** A page for people, as ManyChat and the proxies before it send. */
export function html(title: string): Pick<ApiAnswer, 'type' | 'body'> {
  return { type: 'text/html', body: `<html><h1>${title}</h1></html>` }
}

function refuse(status: number, message: string, members: Record<string, unknown> = {}): Refusal {
  const body = JSON.stringify({ status: 'error', message, ...members })
  return new Refusal(message, { status, type: 'application/json', body })
}
