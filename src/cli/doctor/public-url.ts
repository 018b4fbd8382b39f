/** Checks that PUBLIC_URL leads to this server, since ManyChat calls it there. */
import type { Config } from '../../settings/config.ts'
import { createSeal } from '../../webhook/seal.ts'
import { type Finding, findingsOf } from './finding.ts'

export interface PublicUrlOptions {
  config: Pick<Config, 'publicUrl' | 'stateKeys'>
  /** Whether PUBLIC_URL is set; otherwise `publicUrl` is this machine's own address. */
  isSet: boolean
  fetch: typeof globalThis.fetch
  /** Milliseconds since 1970. */
  now: () => number
  signal: AbortSignal
}

const { ok, warning, problem, skipped } = findingsOf('public-url')
const dynablock = 'a dynablock that is alive'

export async function examinePublicUrl({ config, isSet, fetch, now, signal }: PublicUrlOptions): Promise<Finding[]> {
  const { publicUrl, stateKeys } = config
  const level = isSet ? problem : warning
  try {
    const unlike = await unlikeHealth(await fetch(`${publicUrl}/healthz`, { redirect: 'manual', signal }))
    if (unlike) return [level(publicUrl, dynablock, ...unlike)]
    const remedy = 'Set it to the https address at which ManyChat reaches this server.'
    const reached = isSet ? ok(publicUrl, dynablock, 'it') : warning(publicUrl, 'PUBLIC_URL', 'nothing', remedy)
    return [reached, await proveIdentity()]
  } catch (error) {
    return [level(publicUrl, dynablock, ...explainUnreachable(error))]
  }

  /**
   * Sends the token of an expired button. Only a server with the same keys answers it with 200. It runs no block, and no
   * secret is sent.
   */
  async function proveIdentity(): Promise<Finding> {
    const expected = 'a server with the STATE_KEYS of these settings'
    if (stateKeys.length === 0) return skipped(publicUrl, expected, 'no STATE_KEYS, so each start makes its own')
    const claims = { block: 'doctor', step: 'doctor', contact: '1', channel: 'messenger', exp: 1 } as const
    const state = createSeal({ keys: stateKeys, now }).sign(claims)
    const response = await fetch(`${publicUrl}/blocks/doctor/doctor`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state }),
      redirect: 'manual',
      signal,
    })
    await response.body?.cancel()
    if (response.ok) return ok(publicUrl, expected, 'it')
    const got = response.status === 401 ? 'a dynablock with other keys' : `HTTP ${response.status}`
    return problem(publicUrl, expected, got, 'Restart the server with these settings, or correct PUBLIC_URL.')
  }
}

async function unlikeHealth(response: Response): Promise<[got: string, remedy: string] | undefined> {
  const { status, headers } = response
  const text = await response.text()
  if (status >= 300 && status < 400) {
    const to = URL.parse(headers.get('location') ?? '', response.url || undefined)?.origin ?? 'elsewhere'
    return [`a redirect to ${to}`, 'ManyChat follows no redirects: set PUBLIC_URL to where it leads.']
  }
  if (status === 200 && /^\s*\{\s*"status"\s*:\s*"ok"/.test(text)) return undefined
  return [`HTTP ${status} of another server`, 'Correct PUBLIC_URL, or let the proxy in front of it pass on every path.']
}

/** Why no answer came, by Node's error codes. */
export function explainUnreachable(error: unknown): [got: string, remedy: string] {
  const { cause, name } = error as Error & { cause?: { code?: string; message?: string } }
  const code = cause?.code ?? cause?.message ?? name
  if (/^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT)/.test(code)) {
    return [`a certificate that is refused (${code})`, 'ManyChat refuses it too: get one from a public authority.']
  }
  if (/SSL|EPROTO/.test(code))
    return [`no TLS there (${code})`, 'Put a proxy that speaks https in front of the server.']
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return [`no such host (${code})`, 'Correct the name, or its DNS.']
  if (code === 'ECONNREFUSED') return ['a refused connection', 'Start the server, or correct PUBLIC_URL.']
  return [code, 'Check the network and the proxy.']
}
