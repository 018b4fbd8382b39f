/** The requests that ManyChat makes, without the network: whoever plays ManyChat is given a function that carries them. */

export interface WireRequest {
  method: 'POST'
  url: string
  headers: Record<string, string>
  body: string
}

export type WireResponse = WireAnswer | WireFailure

export interface WireAnswer {
  status: number
  /** Names in any case. */
  headers: Record<string, string>
  body: string
  /** From request to the whole answer, in milliseconds. */
  ms: number
}

/** No answer came; `not-called`: ManyChat never calls an http address. */
export interface WireFailure {
  failed: 'timeout' | 'refused' | 'reset' | 'not-called'
  ms: number
}

/** Carries one request; must not reject. */
export type Carry = (request: WireRequest) => Promise<WireResponse>

/** ManyChat gives up after that, and shows nothing (seen in the field; some see 5 s). */
export const answerWithinMs = 10_000

/** The same headers, fit to be shown and stored: secrets are left out. */
export function withoutSecrets(request: WireRequest): WireRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    /authorization|token|secret|key|cookie/i.test(name) ? value.replace(/\S+$/, '…') : value,
  ])
  return { ...request, headers: Object.fromEntries(headers) }
}
