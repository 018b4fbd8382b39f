/** ManyChat's requests, without the network: a `Carry` function is passed in to send them. */

export interface WireRequest {
  method: 'POST'
  url: string
  headers: Record<string, string>
  body: string
}

export type WireResponse = WireAnswer | WireFailure

export interface WireAnswer {
  status: number
  /** Names in any letter case. */
  headers: Record<string, string>
  body: string
  /** From the request to the end of the answer, in milliseconds. */
  ms: number
}

/** No answer arrived. `not-called`: ManyChat doesn't call http addresses. */
export interface WireFailure {
  failed: 'timeout' | 'refused' | 'reset' | 'not-called'
  ms: number
}

/** Sends one request; must not reject. */
export type Carry = (request: WireRequest) => Promise<WireResponse>

/** After this ManyChat gives up and shows nothing (seen in the field; some report 5 s). */
export const answerWithinMs = 10_000

/** The request without the secrets in its headers, so that it can be shown and stored. */
export function withoutSecrets(request: WireRequest): WireRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    /authorization|token|secret|key|cookie/i.test(name) ? value.replace(/\S+$/, '…') : value,
  ])
  return { ...request, headers: Object.fromEntries(headers) }
}
