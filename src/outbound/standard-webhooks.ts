/** The signature of https://www.standardwebhooks.com, with which a receiver knows that a call is ours, and not an old one. */
import { createHmac } from 'node:crypto'

export interface WebhookMessage {
  /** The same however often it is sent. */
  id: string
  sentAtSeconds: number
  body: string
}

/** One signature for each key, `whsec_` and base64, so that a receiver can change to another one. */
export function signatureHeaders({ id, sentAtSeconds, body }: WebhookMessage, keys: readonly string[]) {
  const signed = `${id}.${sentAtSeconds}.${body}`
  const signatures = keys.map(key => `v1,${createHmac('sha256', keyOf(key)).update(signed).digest('base64')}`)
  return {
    'webhook-id': id,
    'webhook-timestamp': String(sentAtSeconds),
    'webhook-signature': signatures.join(' '),
  }
}

function keyOf(text: string): Buffer {
  return Buffer.from(text.slice('whsec_'.length), 'base64')
}
