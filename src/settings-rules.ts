import { isIP } from 'node:net'
import { distance } from 'fastest-levenshtein'
import { Settings } from './settings.ts'

const minSecretLength = 32

export type Env = Record<string, string | undefined>

/** The rules that concern several settings, and those of production. */
export function refuseTogether(settings: Settings, env: Env, problems: string[]): void {
  const { NODE_ENV, PUBLIC_URL, WEBHOOK_SECRETS, STATE_KEYS, API_TOKENS, TRUST_PROXY } = settings
  // A NODE_ENV that is refused itself is taken for the strict one, so that all there is to mend is said at once.
  const production = NODE_ENV !== 'development' && NODE_ENV !== 'test'
  const { PUBLIC_URL: url, WEBHOOK_SECRETS: secrets, STATE_KEYS: keys } = Settings.properties
  const { API_TOKENS: tokens, TRUST_PROXY: proxy } = Settings.properties
  const wrongUrl = PUBLIC_URL === undefined ? production && 'nothing' : urlProblem(PUBLIC_URL, production)
  if (wrongUrl) problems.push(describe('PUBLIC_URL', 'an https address, nothing behind its path', wrongUrl, url.remedy))
  if (readProxies(TRUST_PROXY) === undefined) {
    problems.push(describe('TRUST_PROXY', 'on, off or a comma list of addresses', 'something else', proxy.remedy))
  }
  if (settings.METRICS_PORT && settings.METRICS_PORT === settings.PORT) {
    problems.push(
      describe('METRICS_PORT', 'a port of its own', 'that of PORT', Settings.properties.METRICS_PORT.remedy),
    )
  }
  refuseClients(settings, problems)
  if (!production) return
  // What contacts write is kept by it, and somebody who debugs may forget to end that.
  if (settings.RECORD_DIR !== undefined) {
    problems.push(describe('RECORD_DIR', 'nothing in production', 'a folder', Settings.properties.RECORD_DIR.remedy))
  }
  if (WEBHOOK_SECRETS.some(secret => STATE_KEYS.includes(secret))) {
    problems.push(describe('STATE_KEYS', 'keys of its own', 'one of WEBHOOK_SECRETS', keys.remedy))
  }
  // What stands in the blocks of ManyChat is seen by whoever builds bots there.
  if (API_TOKENS.some(token => WEBHOOK_SECRETS.includes(token) || STATE_KEYS.includes(token))) {
    problems.push(describe('API_TOKENS', 'tokens of their own', 'one of the other secrets', tokens.remedy))
  }
  for (const [name, values, { remedy }] of [
    ['WEBHOOK_SECRETS', WEBHOOK_SECRETS, secrets],
    ['STATE_KEYS', STATE_KEYS, keys],
    ['API_TOKENS', API_TOKENS, tokens],
  ] as const) {
    const expected = `secrets of ${minSecretLength} characters and more`
    const isUnread = problems.some(problem => problem.startsWith(`- ${name}`))
    // Without a token /sends is closed, which many never miss.
    if (values.length === 0 && !isUnread && name !== 'API_TOKENS') {
      problems.push(describe(name, expected, `nothing${misspelt(name, env)}`, remedy))
    }
    for (const value of values) {
      const got = secretProblem(value)
      if (got) problems.push(describe(name, expected, got, remedy))
    }
  }
}

/** What calls ManyChat must know which page a key is for. */
function refuseClients(settings: Settings, problems: string[]): void {
  const { MANYCHAT_API_KEYS, MANYCHAT_API_URL, MATON_API_KEY, MATON_CONNECTIONS } = settings
  const { MANYCHAT_API_KEYS: keys, MANYCHAT_API_URL: url, MATON_CONNECTIONS: connections } = Settings.properties
  if (!MANYCHAT_API_KEYS.every(key => /^\d+:\S+$/.test(key))) {
    problems.push(describe('MANYCHAT_API_KEYS', 'a list of <page id>:<key>', 'an entry of another form', keys.remedy))
  }
  if (!MATON_CONNECTIONS.every(pair => /^\d+=[^\s=]+$/.test(pair))) {
    problems.push(describe('MATON_CONNECTIONS', 'a list of <page id>=<connection id>', 'another', connections.remedy))
  } else if (MATON_CONNECTIONS.length > 0 && MATON_API_KEY === undefined) {
    problems.push(describe('MATON_CONNECTIONS', 'MATON_API_KEY beside it', 'none', connections.remedy))
  }
  // A stand-in for ManyChat may be on this machine, also in production: a test of the whole does that.
  const wrongUrl = MANYCHAT_API_URL !== undefined && urlProblem(MANYCHAT_API_URL, false)
  if (wrongUrl) problems.push(describe('MANYCHAT_API_URL', 'an https address', wrongUrl, url.remedy))
  refuseSends(settings, problems)
}

function refuseSends({ CHATFUEL_BOTS, FALLBACK_FLOWS }: Settings, problems: string[]): void {
  const { CHATFUEL_BOTS: bots, FALLBACK_FLOWS: flows } = Settings.properties
  for (const bot of CHATFUEL_BOTS) {
    const parts = /^[^\s:@]+:[^\s@]+(?:@(?<url>\S+))?$/.exec(bot)
    const url = parts?.groups?.url
    const got = parts === null ? 'an entry of another form' : url !== undefined && urlProblem(url, false)
    if (got) problems.push(describe('CHATFUEL_BOTS', 'a list of <bot id>:<token>@<https address>', got, bots.remedy))
  }
  if (!FALLBACK_FLOWS.every(flow => fallbackFlow.test(flow))) {
    const expected = 'a list of <page id>=<field name>:<flow id>'
    problems.push(describe('FALLBACK_FLOWS', expected, 'an entry of another form', flows.remedy))
  }
}

const fallbackFlow = /^(\d+)=(.+):([^\s:]+)$/

/** The name of a field may hold colons, the id of a flow can't. */
export function readFallbackFlow(text: string): [page: string, { field: string; flow: string }] {
  const [, page = '', field = '', flow = ''] = fallbackFlow.exec(text) ?? []
  return [page, { field, flow }]
}

/** Which proxies are believed; undefined for text that names none. */
export function readProxies(text: string): boolean | string[] | undefined {
  if (/^(on|true|off|false)$/.test(text)) return text === 'on' || text === 'true'
  const proxies = text.split(',').map(proxy => proxy.trim())
  return proxies.every(isProxy) ? proxies : undefined
}

function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [, address = '', prefix = '0'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  return isIP(address) > 0 && Number(prefix) <= (isIP(address) === 4 ? 32 : 128)
}

function urlProblem(text: string, production: boolean): string | false {
  if (!URL.canParse(text)) return 'text that is no address'
  const { protocol, hostname, search, hash, username } = new URL(text)
  if (search || hash || username) return 'one with a query, a fragment or a user'
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback && !production)) return false
  return `one of ${protocol}`
}

/** What is wrong with a secret, without the secret. */
function secretProblem(secret: string): string | false {
  if (secret.length < minSecretLength) return `one of ${secret.length} characters`
  if (/change.?me|example|placeholder/i.test(secret)) return 'the one of the example'
  return new Set(secret).size < 8 && 'one of hardly any different characters'
}

/** Names a variable that is set and was probably meant. */
function misspelt(name: string, env: Env): string {
  const near = Object.keys(env).find(other => other !== name && distance(other, name) <= 2)
  return near ? ` (${near} is set)` : ''
}

/** One line about a setting that is refused. */
export function describe(name: string, expected: string, got: string, remedy: string): string {
  return `- ${name}: expected ${expected}, got ${got}. ${remedy}`
}
