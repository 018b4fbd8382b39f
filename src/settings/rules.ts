import { isIP } from 'node:net'
import { distance } from 'fastest-levenshtein'
import { blockName } from '../blocks/validate.ts'
import type { ErrorProblem } from '../errors/errors.ts'
import { isApiToken, readApiToken, readWebhookSecret, scopes } from './credentials.ts'
import { Settings } from './settings.ts'

const minSecretLength = 32

export type Env = Record<string, string | undefined>

export interface RulesOptions {
  env: Env
  /** Development behind a tunnel, whose address is PUBLIC_URL. */
  live: boolean
  /** The problems found so far; those found here are added. */
  problems: ErrorProblem[]
}

/** The rules that involve several settings or hold only in one mode. */
export function refuseTogether(settings: Settings, { env, live, problems }: RulesOptions): void {
  const { NODE_ENV, PUBLIC_URL, TRUST_PROXY } = settings
  // An invalid NODE_ENV counts as production, so that one start lists everything there is to correct.
  const production = NODE_ENV !== 'development'
  const { TRUST_PROXY: proxy } = Settings.properties
  if (production || live) requirePublicUrl(PUBLIC_URL, problems)
  else refusePublicUrl(PUBLIC_URL, problems)
  if (readProxies(TRUST_PROXY) === undefined) {
    problems.push(describe('TRUST_PROXY', 'on, off, or addresses separated by commas', 'something else', proxy.remedy))
  }
  if (settings.METRICS_PORT && settings.METRICS_PORT === settings.PORT) {
    problems.push(
      describe('METRICS_PORT', 'a port of its own', 'the value of PORT', Settings.properties.METRICS_PORT.remedy),
    )
  }
  if (settings.MAX_BODIES_BYTES < settings.MAX_BODY_BYTES) {
    const { remedy } = Settings.properties.MAX_BODIES_BYTES
    problems.push(describe('MAX_BODIES_BYTES', 'at least MAX_BODY_BYTES', 'less', remedy))
  }
  refuseClients(settings, problems)
  refuseCredentials(settings, problems)
  if (!production) return
  refuseInProduction(settings, env, problems)
  if (!env.NODE_ENV && problems.length > 0) problems.unshift(unsetMode)
}

/** Shown with the problems of a server that may not be meant for production. */
const unsetMode = describe(
  'NODE_ENV',
  'development where blocks are tried out',
  'nothing, which means production',
  'Set NODE_ENV=development on your own machine; for production, correct the rest.',
)

function requirePublicUrl(value: string | undefined, problems: ErrorProblem[]): void {
  const wrong = value === undefined ? 'nothing' : urlProblem(value, 'https')
  const { remedy } = Settings.properties.PUBLIC_URL
  if (wrong) problems.push(describe('PUBLIC_URL', 'an https address that ends with its path', wrong, remedy))
}

/** With an https address, settings of production were probably started in development by mistake. */
function refusePublicUrl(value: string | undefined, problems: ErrorProblem[]): void {
  const wrong = value !== undefined && urlProblem(value, 'loopback')
  const remedy =
    'Set NODE_ENV=production where ManyChat calls; on your own machine run npx dynablock live --url <address>.'
  if (wrong) problems.push(describe('PUBLIC_URL', 'an http address of this machine in development', wrong, remedy))
}

function refuseInProduction(settings: Settings, env: Env, problems: ErrorProblem[]): void {
  const { RECORD_DIR, WEBHOOK_SECRETS, STATE_KEYS, API_TOKENS, APP_INSTALL_SECRETS } = settings
  const { WEBHOOK_SECRETS: secrets, STATE_KEYS: keys } = Settings.properties
  const { API_TOKENS: tokens, APP_INSTALL_SECRETS: installs } = Settings.properties
  // It records what contacts write, and is easily left on after debugging.
  if (RECORD_DIR !== undefined) {
    problems.push(describe('RECORD_DIR', 'no value in production', 'a folder', Settings.properties.RECORD_DIR.remedy))
  }
  const webhookSecrets = WEBHOOK_SECRETS.map(text => readWebhookSecret(text).secret)
  const apiTokens = API_TOKENS.map(text => readApiToken(text).secret)
  if (webhookSecrets.some(secret => STATE_KEYS.includes(secret))) {
    problems.push(describe('STATE_KEYS', 'keys of its own', 'one of WEBHOOK_SECRETS', keys.remedy))
  }
  // Everyone who builds bots in ManyChat can read the secrets in its Dynamic Blocks.
  if (apiTokens.some(token => webhookSecrets.includes(token) || STATE_KEYS.includes(token))) {
    problems.push(describe('API_TOKENS', 'tokens of their own', 'one of the other secrets', tokens.remedy))
  }
  // A webhook secret is known to more people than may install.
  if (APP_INSTALL_SECRETS.some(secret => [...webhookSecrets, ...apiTokens, ...STATE_KEYS].includes(secret))) {
    problems.push(describe('APP_INSTALL_SECRETS', 'secrets of their own', 'one of the other secrets', installs.remedy))
  }
  for (const [name, values, { remedy }] of [
    ['WEBHOOK_SECRETS', webhookSecrets, secrets],
    ['STATE_KEYS', STATE_KEYS, keys],
    ['API_TOKENS', apiTokens, tokens],
    ['APP_INSTALL_SECRETS', APP_INSTALL_SECRETS, installs],
  ] as const) {
    const expected = `secrets of at least ${minSecretLength} characters`
    const isUnread = problems.some(({ subject }) => subject.startsWith(name))
    // Without the others only routes that many servers never use are closed.
    const isNeeded = name === 'WEBHOOK_SECRETS' || name === 'STATE_KEYS'
    if (values.length === 0 && !isUnread && isNeeded) {
      problems.push(describe(name, expected, `nothing${misspelt(name, env)}`, remedy))
    }
    for (const value of values) {
      const got = secretProblem(value)
      if (got) problems.push(describe(name, expected, got, remedy))
    }
  }
}

/** What a secret is for must be said in full, and once: two entries of one secret would say different things. */
function refuseCredentials(
  { WEBHOOK_SECRETS, API_TOKENS, APP_INSTALL_SECRETS }: Settings,
  problems: ErrorProblem[],
): void {
  const { WEBHOOK_SECRETS: secrets, API_TOKENS: tokens, APP_INSTALL_SECRETS: installs } = Settings.properties
  const read = WEBHOOK_SECRETS.map(readWebhookSecret)
  if (!read.every(({ secret, blocks }) => secret && [...(blocks ?? [])].every(name => blockName.test(name)))) {
    const expected = 'a list of <secret> or <secret>@<block>+<block>'
    problems.push(describe('WEBHOOK_SECRETS', expected, 'an entry in another form', secrets.remedy))
  }
  if (!API_TOKENS.every(isApiToken)) {
    const expected = `a list of <token> or <name>:<scope>+<scope>:<token>, with scopes of ${scopes.join(', ')}`
    problems.push(describe('API_TOKENS', expected, 'an entry in another form', tokens.remedy))
  }
  // Longer parts of a path are not read.
  if (!APP_INSTALL_SECRETS.every(secret => /^[\w.~-]{1,100}$/.test(secret))) {
    const expected = 'secrets of letters, digits and hyphens, of at most 100 characters'
    problems.push(describe('APP_INSTALL_SECRETS', expected, 'another one', installs.remedy))
  }
  for (const [name, entries, { remedy }] of [
    ['WEBHOOK_SECRETS', read, secrets],
    ['API_TOKENS', API_TOKENS.map(readApiToken), tokens],
  ] as const) {
    const all = entries.map(({ secret }) => secret)
    if (new Set(all).size < all.length) problems.push(describe(name, 'each secret once', 'one of them twice', remedy))
  }
}

/** Every key must name its page. */
function refuseClients(settings: Settings, problems: ErrorProblem[]): void {
  const { MANYCHAT_API_KEYS, MANYCHAT_API_URL, MATON_API_KEY, MATON_CONNECTIONS, DEFAULT_PAGE, APP_PAGES } = settings
  const { MANYCHAT_API_KEYS: keys, MANYCHAT_API_URL: url, MATON_CONNECTIONS: connections } = Settings.properties
  if (!MANYCHAT_API_KEYS.every(key => /^\d+:\S+$/.test(key))) {
    problems.push(describe('MANYCHAT_API_KEYS', 'a list of <page id>:<key>', 'an entry in another form', keys.remedy))
  }
  if (!MATON_CONNECTIONS.every(pair => /^\d+=[^\s=]+$/.test(pair))) {
    problems.push(
      describe(
        'MATON_CONNECTIONS',
        'a list of <page id>=<connection id>',
        'an entry in another form',
        connections.remedy,
      ),
    )
  } else if (MATON_CONNECTIONS.length > 0 && MATON_API_KEY === undefined) {
    problems.push(describe('MATON_CONNECTIONS', 'MATON_API_KEY to be set too', 'no value', connections.remedy))
  }
  // Loopback is allowed in production too: an end-to-end test runs its stand-in for ManyChat on the same machine.
  const wrongUrl = MANYCHAT_API_URL !== undefined && urlProblem(MANYCHAT_API_URL, 'both')
  if (wrongUrl) problems.push(describe('MANYCHAT_API_URL', 'an https address', wrongUrl, url.remedy))
  for (const [name, pages] of [
    ['DEFAULT_PAGE', DEFAULT_PAGE === undefined ? [] : [DEFAULT_PAGE]],
    ['APP_PAGES', APP_PAGES],
  ] as const) {
    const isWrong = !pages.every(page => /^\d+$/.test(page))
    const { remedy } = Settings.properties[name]
    if (isWrong) problems.push(describe(name, 'the id of a page', 'something else than digits', remedy))
  }
  refuseSends(settings, problems)
}

function refuseSends({ CHATFUEL_BOTS, FALLBACK_FLOWS, DATABASE_URL }: Settings, problems: ErrorProblem[]): void {
  const { CHATFUEL_BOTS: bots, FALLBACK_FLOWS: flows, DATABASE_URL: database } = Settings.properties
  if (DATABASE_URL !== undefined && !/^postgres(?:ql)?:$/.test(URL.parse(DATABASE_URL)?.protocol ?? '')) {
    problems.push(describe('DATABASE_URL', 'a postgres:// address', 'another address', database.remedy))
  }
  for (const bot of CHATFUEL_BOTS) {
    const parts = /^[^\s:@]+:[^\s@]+(?:@(?<url>\S+))?$/.exec(bot)
    const url = parts?.groups?.url
    const got = parts === null ? 'an entry in another form' : url !== undefined && urlProblem(url, 'both')
    if (got) problems.push(describe('CHATFUEL_BOTS', 'a list of <bot id>:<token>@<https address>', got, bots.remedy))
  }
  if (!FALLBACK_FLOWS.every(flow => fallbackFlow.test(flow))) {
    const expected = 'a list of <page id>=<field name>:<flow id>'
    problems.push(describe('FALLBACK_FLOWS', expected, 'an entry in another form', flows.remedy))
  }
}

const fallbackFlow = /^(\d+)=(.+):([^\s:]+)$/

/** Splits at the last colon: a field's name may contain colons, a flow's id can't. */
export function readFallbackFlow(text: string): [page: string, { field: string; flow: string }] {
  const [, page = '', field = '', flow = ''] = fallbackFlow.exec(text) ?? []
  return [page, { field, flow }]
}

/** The proxies to trust; undefined when the text is not valid. */
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

/** @param allowed https, http to this machine, or both */
function urlProblem(text: string, allowed: 'https' | 'loopback' | 'both'): string | false {
  if (!URL.canParse(text)) return 'text that is not an address'
  const { protocol, hostname, search, hash, username } = new URL(text)
  if (search || hash || username) return 'an address with a query, a fragment or a user'
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (protocol === 'https:' && allowed !== 'loopback') return false
  if (protocol === 'http:' && isLoopback && allowed !== 'https') return false
  return `an address that begins with ${protocol}`
}

/** What is wrong with a secret, without quoting it. */
function secretProblem(secret: string): string | false {
  if (secret.length < minSecretLength) return `one of ${secret.length} characters`
  if (/change.?me|example|placeholder/i.test(secret)) return 'the one from the example'
  return new Set(secret).size < 8 && 'one with too few different characters'
}

/** A hint at a variable that is set and looks like a typo of this name. */
function misspelt(name: string, env: Env): string {
  const near = Object.keys(env).find(other => other !== name && distance(other, name) <= 2)
  return near ? ` (${near} is set)` : ''
}

export function describe(subject: string, expected: string, got: string, remedy: string): ErrorProblem {
  return { subject, message: `expected ${expected}, got ${got}. ${remedy}`, expected, got, remedy }
}
